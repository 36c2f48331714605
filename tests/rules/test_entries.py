"""Entries straight in the store: the doer reports, somebody else judges, nobody rewrites."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from shared import refs
from tests.world import World

OK, DENIED = requests.codes.ok, requests.codes.forbidden


def test_a_phone_appends_and_the_scorecard_follows(world: World) -> None:
    assignment = world.assigned("an")
    assert append(world, "an", assignment, "s1", kind="submission", quantity=1) == OK
    assert append(world, "binh", assignment, "a1", kind="accepted", submission="s1") == OK
    assert world.card("an") is not None


@pytest.mark.parametrize(
    ("by", "entry"),
    [
        ("chi", {"kind": "progress", "percent": 5}),
        ("an", {"kind": "accepted", "submission": "s1"}),
        ("dung", {"kind": "returned", "faults": 1, "reason": "thiếu"}),
        ("binh", {"kind": "submission", "quantity": 1}),
        ("an", {"kind": "progress", "percent": 101}),
        ("an", {"kind": "progress", "percent": 5, "score": 100}),
        ("an", {"kind": "submission", "quantity": 0}),
        ("an", {"kind": "submission", "quantity": 1, "evidence": ["x"] * 6}),
        ("an", {"kind": "submission", "quantity": 1, "evidence": [1]}),
        ("an", {"kind": "progress", "note": "ệ" * 2001}),
        ("an", {"kind": "exemption_requested", "reason": "x"}),
        ("binh", {"kind": "deadline_moved", "reason": "lùi hạn"}),
        ("binh", {"kind": "cancelled", "quantity": 1, "reason": "thôi"}),
    ],
)
def test_what_the_rules_refuse(world: World, by: str, entry: dict[str, Any]) -> None:
    assert append(world, by, world.assigned("an"), "x1", **entry) == DENIED


def test_the_ids_that_servers_derive_are_nobody_s_to_take(world: World) -> None:
    assignment = world.assigned("an")
    assert append(world, "an", assignment, "+ev1", kind="progress", percent=5) == DENIED
    assert append(world, "an", assignment, "ev+1", kind="progress", percent=5) == OK


def test_the_time_is_the_server_s(world: World) -> None:
    fields = {"kind": "progress", "percent": 5, "by": "an", "at": datetime(2026, 10, 1, tzinfo=UTC)}
    path = f"assignments/{world.assigned('an')}/entries/x1"
    assert world.as_("an").write(path, fields, times=[]).status_code == DENIED


def test_the_signature_is_one_s_own(world: World) -> None:
    fields = {"kind": "accepted", "submission": "s1", "by": "giam-doc"}
    path = f"assignments/{world.assigned('an')}/entries/x1"
    assert world.as_("binh").write(path, fields, times=["at"]).status_code == DENIED


def test_an_entry_is_never_changed(world: World) -> None:
    assignment = world.assigned("an")
    assert append(world, "an", assignment, "p1", kind="progress", percent=5) == OK
    assert append(world, "an", assignment, "p1", kind="progress", percent=90) == DENIED


def test_a_closed_period_takes_none(world: World) -> None:
    assignment = world.assigned("an")
    world.close()
    assert append(world, "an", assignment, "p1", kind="progress", percent=5) == DENIED


@pytest.mark.parametrize("path", ["scorecards/2026-10_an", "periods/2026-10", "officials/an"])
@pytest.mark.parametrize("by", ["an", "binh", "tu"])
def test_nobody_writes_what_the_server_decides(world: World, by: str, path: str) -> None:
    assert world.as_(by).write(path, {"total": 10_000}, times=[]).status_code == DENIED
    assert world.stack.wiring.store.get(refs.scorecard("2026-10", "an")) is None


def append(world: World, by: str, assignment: str, entry_id: str, **entry: Any) -> int:
    path = f"assignments/{assignment}/entries/{entry_id}"
    return world.as_(by).write(path, {**entry, "by": by}, times=["at"]).status_code
