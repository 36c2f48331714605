"""Audit records read in any order tell what must stand; a gap among them is seen."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared import refs
from shared.models.audit import Audit
from shared.ports import Found
from shared.scoring.digest import UNSEALED, sealed
from shared.scoring.record import content_digest, written
from shared.usecases.ledger import Ledger
from tests.builders import DUE

PATH = "officials/an"
Versions = list[dict[str, Any] | None]


class Records:
    """As much of a store as a ledger reads."""

    def __init__(self, records: list[Audit]) -> None:
        self._records = records

    def find(self, collection: object) -> Iterator[Found[Audit]]:
        assert collection == refs.audit
        for number, record in enumerate(self._records):
            yield Found(refs.audit(f"r{number}"), record.fields())


def history(versions: Versions) -> list[Audit]:
    """A record for each step from nothing through the versions."""
    return [
        sealed(
            Audit(
                by="tu",
                at=DUE,
                action="x",
                target=PATH,
                request=UNSEALED,
                changes=[written(PATH, before, after)],
                digest=UNSEALED,
            )
        )
        for before, after in zip([None, *versions], versions, strict=False)
        if before != after
    ]


def read(records: list[Audit]) -> Ledger:
    ledger = Ledger(lambda path: path == PATH)
    store: Any = Records(records)
    ledger.read(store)
    return ledger


names = st.sampled_from("abc").map(lambda name: {"name": name})
histories = st.lists(names, min_size=1, max_size=6)


@given(versions=histories, data=st.data())
def test_records_in_any_order_lead_to_the_last_version(
    versions: list[dict[str, Any]], data: st.DataObject
) -> None:
    ledger = read(data.draw(st.permutations(history([*versions]))))
    assert ledger.fault(PATH, versions[-1]) is None
    assert ledger.left(PATH)
    for name in "abc":
        assert (ledger.fault(PATH, {"name": name}) is None) == (versions[-1] == {"name": name})


@given(versions=histories, data=st.data())
def test_a_record_that_is_gone_is_missed(
    versions: list[dict[str, Any]], data: st.DataObject
) -> None:
    records = history([*versions])
    gone = data.draw(st.integers(0, len(records) - 1))
    assert read(records[:gone] + records[gone + 1 :]).fault(PATH, versions[-1]) is not None


def test_what_was_deleted_need_not_stand() -> None:
    ledger = read(history([{"name": "a"}, None]))
    assert not ledger.left(PATH)
    assert ledger.fault(PATH, {"name": "a"}) is not None


def test_a_record_that_was_altered_is_broken_and_tells_nothing() -> None:
    record = history([{"name": "a"}])[0].model_copy(update={"by": "ai"})
    ledger = read([record])
    assert list(ledger.broken) == ["audit/r0"]
    assert ledger.fault(PATH, {"name": "b"}) is None
    assert not ledger.left(PATH)


def test_one_recorded_change_explains_what_the_close_read() -> None:
    first, second = ({"note": note} for note in "xy")
    change = history([first, second])[1:]
    ledger = read(change)
    told = [content_digest(PATH, one) for one in (first, second)]
    assert ledger.explains(PATH, told[0], told[1])
    assert ledger.explains(PATH, None, told[1])
    assert not read(history([first])).explains(PATH, None, told[0])
    assert read(history([first, second])).explains(PATH, None, told[1])
    assert not ledger.explains(PATH, told[1], told[1])
    assert not ledger.explains(PATH, told[0], told[0])
    assert not ledger.explains("officials/chi", told[0], told[1])
