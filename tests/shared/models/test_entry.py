import json
from datetime import datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from shared.models.entry import CLIENT_ENTRY, ENTRY, ClientEntry, Entry
from tests.builders import DUE, every_entry, through_store
from tests.strategies import entries

KINDS = every_entry()
CLIENT_KINDS = {
    "progress",
    "submission",
    "accepted",
    "returned",
    "corrected",
    "exemption_requested",
}

each_kind = pytest.mark.parametrize("kind", sorted(KINDS))


def refused(fields: dict[str, Any], adapter: TypeAdapter[Any] = ENTRY) -> bool:
    try:
        adapter.validate_python(fields)
    except ValidationError:
        return True
    return False


def test_every_kind_of_entry_is_known_here() -> None:
    kinds = get_args(get_args(Entry)[0])
    assert {type(entry) for entry in KINDS.values()} == set(kinds)
    client = {kind.model_fields["kind"].default for kind in get_args(get_args(ClientEntry)[0])}
    assert client == CLIENT_KINDS


@each_kind
def test_people_append_only_their_own_kinds(kind: str) -> None:
    assert refused(KINDS[kind].fields(), CLIENT_ENTRY) is (kind not in CLIENT_KINDS)


@each_kind
def test_the_kind_decides_what_an_entry_is(kind: str) -> None:
    assert type(ENTRY.validate_python(KINDS[kind].fields())) is type(KINDS[kind])


@each_kind
@pytest.mark.parametrize("name", ["by", "at", "kind"])
def test_an_entry_says_who_and_when_and_what(kind: str, name: str) -> None:
    fields = KINDS[kind].fields()
    del fields[name]
    assert refused(fields)


@each_kind
@pytest.mark.parametrize(
    "change",
    [
        {"score": 100},
        {"kind": "scored"},
        {"kind": ""},
        {"kind": None},
        {"by": None},
        {"by": ""},
        {"by": "a_b"},
        {"by": 7},
        {"at": None},
        {"at": datetime(2026, 10, 1)},  # noqa: DTZ001  # a time without a zone is what is refused
        {"at": "2026-10-01T00:00:00Z"},
        {"at": 1_790_000_000},
    ],
    ids=repr,
)
def test_an_entry_is_closed_and_strict(kind: str, change: dict[str, Any]) -> None:
    assert refused(KINDS[kind].fields() | change)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("progress", {"percent": -1}),
        ("progress", {"percent": 101}),
        ("progress", {"percent": "50"}),
        ("progress", {"percent": 50.0}),
        ("progress", {"percent": True}),
        ("progress", {"note": "ệ" * 2001}),
        ("submission", {"quantity": 0}),
        ("submission", {"quantity": -1}),
        ("submission", {"quantity": 1001}),
        ("submission", {"quantity": 1.0}),
        ("submission", {"quantity": 2**63}),
        ("submission", {"evidence": ["x"] * 6}),
        ("submission", {"evidence": [""]}),
        ("submission", {"evidence": ["ệ" * 201]}),
        ("submission", {"evidence": "x"}),
        ("submission", {"evidence": ("x",)}),
        ("accepted", {"submission": "a_b"}),
        ("accepted", {"submission": ""}),
        ("accepted", {"submission": "s" * 201}),
        ("accepted", {"quantity": 1}),
        ("returned", {"faults": 0}),
        ("returned", {"faults": -1}),
        ("returned", {"faults": 1001}),
        ("returned", {"reason": ""}),
        ("returned", {"reason": "no"}),
        ("returned", {"submission": "a/b"}),
        ("deadline_moved", {"due": DUE.replace(tzinfo=None)}),
        ("reassigned", {"quantity": 0}),
        ("reassigned", {"successor": "w1"}),
        ("cancelled", {"quantity": -5}),
        ("exemption_requested", {"evidence": ["x"] * 6}),
        ("exemption_decided", {"lates_waived": -1}),
        ("exemption_decided", {"faults_waived": 0.5}),
        ("exemption_decided", {"request": None}),
    ],
)
def test_what_is_out_of_bounds_is_refused(kind: str, change: dict[str, Any]) -> None:
    fields = KINDS[kind].fields()
    assert not refused(fields)
    assert refused(fields | change)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("submission", "quantity"),
        ("accepted", "submission"),
        ("returned", "faults"),
        ("returned", "reason"),
        ("deadline_moved", "due"),
        ("deadline_moved", "reason"),
        ("reassigned", "successor"),
        ("cancelled", "reason"),
        ("exemption_requested", "reason"),
        ("exemption_decided", "request"),
    ],
)
def test_what_an_entry_is_about_cannot_be_left_out(kind: str, name: str) -> None:
    fields = KINDS[kind].fields()
    del fields[name]
    assert refused(fields)


def test_the_fields_of_one_kind_do_not_serve_another() -> None:
    assert refused(KINDS["submission"].fields() | {"kind": "accepted"})
    assert refused(KINDS["cancelled"].fields() | {"kind": "reassigned"})


@given(entries)
def test_every_entry_survives_the_store_and_json(entry: Entry) -> None:
    assert ENTRY.validate_python(through_store(entry.fields())) == entry
    assert ENTRY.validate_json(json.dumps(entry.model_dump(mode="json"))) == entry


def test_the_stores_time_keeps_its_microseconds() -> None:
    moment = DUE.replace(microsecond=123_457)
    read = through_store(KINDS["submission"].fields() | {"at": moment})
    assert ENTRY.validate_python(read).at == moment
