"""POST /assign on the real store: what it does, and each of its refusals."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
import requests

from shared import refs
from shared.models.entry import Cancelled, DeadlineMoved, Reassigned
from shared.models.official import Official, Posting
from shared.ports import Write, put
from shared.usecases import room
from tests.world import BEGIN, DUE, MONTH, SCHEME, World, an_official, new_key

OK = requests.codes.ok
E = TypeVar("E")


def test_one_call_assigns_to_a_whole_unit_without_its_head(world: World) -> None:
    answer = world.assign("binh", to={"unit": "p1"})
    assert answer.status_code == OK
    assert [name.split("_")[2] for name in answer.json()["assignments"]] == ["an", "chi"]


def test_one_call_assigns_to_a_position_everywhere(world: World) -> None:
    answer = world.assign("tu", to={"position": "cv"})
    assert {name.split("_")[2] for name in answer.json()["assignments"]} == {"an", "chi", "em"}


def test_the_terms_are_frozen_in_the_assignment(world: World) -> None:
    assignment_id = world.assigned("an", product="da", quantity=3)
    assignment = world.stack.wiring.store.get(refs.assignments(assignment_id))
    assert assignment is not None
    assert (assignment.k, assignment.quantity, assignment.due) == (5000, 3, DUE)
    assert (assignment.approver, assignment.path) == ("binh", ["so", "p1"])


def test_assigned_work_appears_on_the_scorecard(world: World) -> None:
    world.assigned("an")
    card = world.card("an")
    assert card is not None
    assert (card.work.assigned, card.points("task")) == (1, 0)


def test_the_same_key_gives_the_same_reply_and_writes_nothing_more(world: World) -> None:
    first = world.assign("binh", "an", "chi", key="k")
    second = world.assign("binh", "an", "chi", key="k")
    assert first.json() == second.json()
    assert len(list(world.stack.wiring.store.find(refs.assignments))) == 2


def test_a_repeated_call_is_answered_as_it_was_whatever_changed_since(world: World) -> None:
    first = world.assign("binh", to={"unit": "p1"}, key="k")
    world.stack.wiring.store.commit([put(refs.officials("moi"), an_official("Mới", "p1"))])
    assert world.assign("binh", to={"unit": "p1"}, key="k").json() == first.json()
    world.close()
    again = world.assign("binh", to={"unit": "p1"}, key="k")
    assert (again.status_code, again.json()) == (OK, first.json())


def test_a_repeated_amendment_is_answered_as_it_was_after_the_close(world: World) -> None:
    body = {
        "action": "reassign",
        "assignment": world.assigned("an"),
        "to": "chi",
        "reason": "theo chỉ đạo",
    }
    first = world.as_("binh").post("assign", body, key="k")
    world.close()
    again = world.as_("binh").post("assign", body, key="k")
    assert (first.status_code, again.status_code) == (OK, OK)
    assert again.json() == first.json()


def test_a_head_assigns_to_a_position_that_others_hold_too(world: World) -> None:
    answer = world.assign("binh", to={"position": "cv"})
    assert answer.status_code == OK, answer.text
    assert {name.split("_")[2] for name in answer.json()["assignments"]} == {"an", "chi"}


def test_nobody_of_a_position_is_left_for_somebody_who_heads_none_of_them(world: World) -> None:
    answer = world.assign("an", to={"position": "cv"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "work.0.to")


def test_an_entry_that_is_no_fact_does_not_stop_a_change(world: World) -> None:
    assignment = world.assigned("an")
    bad = refs.entries(assignment)("bad")
    world.stack.wiring.store.commit([Write(bad, "set", {("kind",): "progress"})])
    assert amend(world, "binh", "cancel", assignment) == OK


def test_a_unit_that_is_gone_gives_no_head_authority(world: World) -> None:
    assignment = world.assigned("an")
    world.stack.wiring.store.__dict__["_client"].document("units/p1").delete()
    for head in ("dung", "giam-doc"):
        assert amend(world, head, "cancel", assignment) == 403
    assert amend(world, "tu", "cancel", assignment) == OK


def test_a_key_does_not_serve_another_request(world: World) -> None:
    world.assign("binh", "an", key="k")
    answer = world.assign("binh", "chi", key="k")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_moved_deadline_is_an_entry_with_its_reason(world: World) -> None:
    assignment = world.assigned("an")
    later = datetime(2026, 10, 25, 10, tzinfo=UTC)
    assert amend(world, "binh", "move_deadline", assignment, due=later.isoformat()) == OK
    moved = entries(world, assignment, DeadlineMoved)
    assert [(entry.due, entry.by) for entry in moved] == [(later, "binh")]


def test_reassigning_moves_what_is_not_delivered(world: World) -> None:
    assignment = world.assigned("an", quantity=3)
    world.deliver("an", assignment)
    assert amend(world, "binh", "reassign", assignment, to="chi") == OK
    old, new = world.card("an"), world.card("chi")
    assert old is not None
    assert new is not None
    assert (old.work.assigned, old.work.done) == (1, 1)
    assert (new.work.assigned, new.work.done) == (2, 0)
    assert entries(world, assignment, Reassigned)[0].quantity == 2


def test_cancelled_work_leaves_the_denominator(world: World) -> None:
    kept, cancelled = world.assigned("an"), world.assigned("an")
    world.deliver("an", kept)
    assert amend(world, "binh", "cancel", cancelled) == OK
    card = world.card("an")
    assert card is not None
    assert card.points("task") == 7000
    assert len(entries(world, cancelled, Cancelled)) == 1


def test_the_same_units_are_not_disposed_of_twice(world: World) -> None:
    assignment = world.assigned("an")
    assert amend(world, "binh", "reassign", assignment, to="chi") == OK
    assert amend(world, "binh", "cancel", assignment) == 409


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("an", {}, 403, "work.0.to"),  # an official is nobody's head
    ("dung", {}, 403, "work.0.to"),  # nor is the head of another unit
    ("binh", {"to": {"officials": ["binh"]}}, 403, "work.0.to"),  # oneself
    ("binh", {"to": {"officials": ["nobody"]}}, 404, "work.0.to"),
    ("binh", {"to": {"unit": "nowhere"}}, 404, "work.0.to"),
    ("binh", {"to": {"position": "none"}}, 404, "work.0.to"),
    ("binh", {"product": "none"}, 404, "work.0.product"),
    ("binh", {"quantity": 0}, 400, "assign.work.0.quantity"),
    ("binh", {"quantity": "2"}, 400, "assign.work.0.quantity"),
    ("binh", {"due": "2026-12-01T00:00:00Z"}, 400, "work.0.due"),
    ("binh", {"due": "2026-10-20T10:00:00"}, 400, "assign.work.0.due"),  # no zone
    ("binh", {"k": 9000}, 400, "assign.work.0.k"),  # K comes from the catalogue
    ("binh", {"approver": "an"}, 400, "work.0.approver"),  # own work
    ("binh", {"approver": "nobody"}, 404, "work.0.approver"),
]


@pytest.mark.parametrize(("by", "change", "status", "field"), REFUSALS)
def test_refusals_name_the_field_and_write_nothing(
    world: World, by: str, change: dict[str, Any], status: int, field: str
) -> None:
    answer = world.assign(by, "an", **change)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert answer.json()["errors"][0]["reason"]
    assert list(world.stack.wiring.store.find(refs.assignments)) == []


def test_nobody_is_given_work_of_a_period_they_do_not_serve_in(world: World) -> None:
    """A log proves October only: whoever it names serves there and then."""
    store = world.stack.wiring.store
    posting = Posting(unit="p1", start=BEGIN, end=datetime(2026, 10, 31, 17, tzinfo=UTC))
    nam = Official(name="Nam", roles=["official"], unit="p1", postings=[posting], units=["p1"])
    store.commit([put(refs.officials("nam"), nam)])
    november = {"action": "open", "period": "2026-11", "scheme": SCHEME}
    assert world.as_("tu").post("period", november, key=new_key()).status_code == OK
    work = {"product": "hs", "due": "2026-11-20T00:00:00Z", "to": {"officials": ["nam"]}}
    order = {"action": "assign", "period": "2026-11", "work": [work]}
    answer = world.as_("binh").post("assign", order, key=new_key())
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "work.0.to"
    assert "does not serve in 2026-11" in answer.json()["errors"][0]["reason"]
    assert amend(world, "binh", "reassign", world.assigned("an"), to="nam") == OK
    assert list(store.find(refs.assignments, prefix="2026-11_")) == []


def test_nobody_is_given_more_than_a_scorecard_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    world.assigned("an")
    world.stack.drain(30)
    answer = world.assign("binh", "chi", "an", quantity=1)
    assert answer.status_code == OK
    world.stack.drain(30)
    answer = world.assign("binh", "chi", "an")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (413, "work.0.to")
    assert "an may have" in answer.json()["errors"][0]["reason"]
    assert len(list(world.stack.wiring.store.find(refs.assignments))) == 3


def test_one_bad_receiver_stops_the_whole_call(world: World) -> None:
    assert world.assign("binh", "an", "em").status_code == 403
    assert list(world.stack.wiring.store.find(refs.assignments)) == []


@pytest.mark.parametrize("action", ["move_deadline", "reassign", "cancel"])
@pytest.mark.parametrize("by", ["an", "dung"])
def test_only_heads_above_change_terms(world: World, action: str, by: str) -> None:
    assignment = world.assigned("an")
    more = {"move_deadline": {"due": DUE.isoformat()}, "reassign": {"to": "chi"}, "cancel": {}}
    assert amend(world, by, action, assignment, **more[action]) == 403


@pytest.mark.parametrize("reason", ["", "x"])
def test_a_change_needs_a_reason(world: World, reason: str) -> None:
    assignment = world.assigned("an")
    assert amend(world, "binh", "cancel", assignment, reason=reason) == 400


def test_a_closed_period_takes_no_more_work(world: World) -> None:
    world.close()
    answer = world.assign("binh", "an")
    assert (answer.status_code, answer.json()["title"]) == (409, "closed")


def test_an_idempotency_key_is_needed(world: World) -> None:
    body = {"action": "assign", "period": MONTH, "work": []}
    answer = world.as_("binh").post("assign", body)
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def amend(world: World, by: str, action: str, assignment: str, **fields: Any) -> int:
    body = {"action": action, "assignment": assignment, "reason": "theo chỉ đạo", **fields}
    return world.as_(by).post("assign", body, key=new_key()).status_code


def entries(world: World, assignment: str, kind: type[E]) -> list[E]:
    found = [one.value for one in world.stack.wiring.store.find(refs.entries(assignment))]
    return [entry for entry in found if isinstance(entry, kind)]
