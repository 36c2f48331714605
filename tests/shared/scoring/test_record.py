"""What audit records say of documents."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.models.audit import Altered, Audit, Written
from shared.scoring.digest import UNSEALED, seal, sealed
from shared.scoring.record import (
    MOST_BYTES,
    bounded,
    content_digest,
    written,
)
from tests.builders import DUE, an_assignment, delivered, through_store

values = st.dictionaries(st.sampled_from("abcd"), st.integers() | st.text(), max_size=4)


@given(before=values, after=values)
def test_what_changed_is_told_with_both_values(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    told = written("units/p1", before, after)
    rebuilt = dict(before)
    for name, one in told.altered.items():
        assert (one.before, one.after) == (before.get(name), after.get(name))
        rebuilt = {key: value for key, value in rebuilt.items() if key != name}
        rebuilt |= {} if one.after is None else {name: one.after}
    assert rebuilt == after
    assert (told.before == told.after) == (before == after) == (not told.altered)


def test_what_is_created_or_deleted_needs_no_copy() -> None:
    created, deleted = written("units/p1", None, {"a": 1}), written("units/p1", {"a": 1}, None)
    assert (created.before, created.altered, deleted.after, deleted.altered) == (None, {}, None, {})
    assert created.after == deleted.before == content_digest("units/p1", {"a": 1})


def test_the_state_of_work_is_no_part_of_what_was_decided() -> None:
    fresh, worked = an_assignment(), an_assignment(delivered())
    assert fresh != worked
    digests = {content_digest("assignments/x", one.fields()) for one in (fresh, worked)}
    assert len(digests) == 1
    assert content_digest("units/x", fresh.fields()) != content_digest("units/x", worked.fields())


def test_copies_are_kept_while_there_is_room() -> None:
    big = {"note": Altered(before="a" * (MOST_BYTES // 2), after="b" * (MOST_BYTES // 3))}
    changes = [Written(path=f"units/{name}", altered=big) for name in "pq"]
    first, second = bounded(changes)
    assert (first.altered, second.altered) == (big, {})


@given(reason=st.text(max_size=20))
def test_a_record_carries_its_digest_through_the_store(reason: str) -> None:
    record = sealed(
        Audit(
            by="tu",
            at=DUE,
            action="assign",
            target="periods/2026-10",
            reason="vì sao",
            request="0" * 64,
            changes=[written("units/p1", {"a": 1, "at": DUE}, {"at": DUE, "b": ["c"]})],
            digest=UNSEALED,
        )
    )
    fields = through_store(record.fields())
    assert seal(fields) == record.digest
    assert (seal({**fields, "reason": reason}) == record.digest) == (reason == "vì sao")
