import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.scoring.digest import canonical, digest, merkle_root
from tests.builders import through_store

scalars = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
leaves = st.lists(digests, min_size=1, max_size=20)

RFC_6962_INPUTS = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
RFC_6962_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The roots of the first 0, 1 … 8 inputs, as Certificate Transparency's own tests give them."""


@given(values)
def test_canonical_bytes_say_everything(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text(), values, max_size=5))
def test_the_order_of_keys_makes_no_difference(value: dict[str, object]) -> None:
    keys = sorted(value, reverse=True)
    assert canonical({key: value[key] for key in keys}) == canonical(value)


@given(values, values)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    assume(json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))
    assert digest(one) != digest(other)


def test_canonical_bytes_are_known() -> None:
    value = {"b": [1, True, None], "a": "Rõ Việc", "c": datetime(2026, 10, 1, tzinfo=UTC)}
    expected = '{"a":"Rõ Việc","b":[1,true,null],"c":"2026-10-01T00:00:00.000000Z"}'
    assert canonical(value) == expected.encode()
    assert digest(value) == sha256(expected.encode()).hexdigest()


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        1.0,
        float("nan"),
        Decimal("0.5"),
        Fraction(1, 2),
        b"bytes",
        {"a"},
        pytest.param(object(), id="object"),
        datetime(2026, 10, 1),  # noqa: DTZ001  # a time without a zone is what is refused
        {1: "a", "1": "b"},
        {None: 1},
    ],
    ids=repr,
)
def test_what_has_no_one_spelling_is_refused_however_deep(value: object) -> None:
    for nested in (value, [value], {"a": {"b": [value]}}):
        with pytest.raises(TypeError, match="no canonical form"):
            canonical(nested)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 1, tzinfo=UTC),
        datetime(2026, 10, 1, 7, tzinfo=timezone(timedelta(hours=7))),
        datetime(2026, 10, 1, 7, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
        through_store({"at": datetime(2026, 10, 1, tzinfo=UTC)})["at"],
    ],
    ids=["utc", "offset", "zone", "store"],
)
def test_one_moment_has_one_spelling(moment: datetime) -> None:
    assert canonical(moment) == b'"2026-10-01T00:00:00.000000Z"'


def test_microseconds_count_and_years_have_four_digits() -> None:
    assert canonical(datetime(987, 1, 2, 3, 4, 5, 6, UTC)) == b'"0987-01-02T03:04:05.000006Z"'


@pytest.mark.parametrize("size", range(len(RFC_6962_ROOTS)))
def test_merkle_roots_are_those_of_rfc_6962(size: int) -> None:
    assert merkle_root(RFC_6962_INPUTS[:size]) == RFC_6962_ROOTS[size]


@given(leaves, st.data())
def test_changing_any_leaf_changes_the_root(leaves: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(digests.filter(lambda leaf: leaf != leaves[place]))
    changed = [*leaves[:place], other, *leaves[place + 1 :]]
    assert merkle_root(changed) != merkle_root(leaves)


@given(leaves, st.data())
def test_another_order_changes_the_root(leaves: list[str], data: st.DataObject) -> None:
    other = data.draw(st.permutations(leaves))
    assume(list(other) != leaves)
    assert merkle_root(other) != merkle_root(leaves)


@given(leaves, digests)
def test_adding_or_dropping_a_leaf_changes_the_root(leaves: list[str], leaf: str) -> None:
    roots = {merkle_root(some) for some in (leaves, [*leaves, leaf], [*leaves, leaves[-1]])}
    assert merkle_root(leaves[:-1]) not in roots
    assert merkle_root([*leaves, leaf]) != merkle_root(leaves)


def test_a_node_cannot_pass_for_a_leaf() -> None:
    four = [digest(number) for number in range(4)]
    halves = [merkle_root(four[:2]), merkle_root(four[2:])]
    assert merkle_root(halves) != merkle_root(four)
