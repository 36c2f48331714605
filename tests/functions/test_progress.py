"""POST /progress: entries of people and of trusted systems, and the refusals."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from infra.local.people import Client, system
from shared import refs
from tests.world import World

OK = requests.codes.ok
AFTER_DUE = datetime(2026, 10, 3, tzinfo=UTC)


def test_a_delivered_and_accepted_product_scores(world: World) -> None:
    world.deliver("an", world.assigned("an"))
    card = world.card("an")
    assert card is not None
    assert card.points("task") == 7000


def test_an_unaccepted_delivery_scores_nothing(world: World) -> None:
    world.append("an", world.assigned("an"), "s1", kind="submission", quantity=1)
    card = world.card("an")
    assert card is not None
    assert (card.work.done, card.points("task")) == (0, 0)


def test_a_late_delivery_loses_a_quarter_of_progress(world: World) -> None:
    assignment = world.assigned("an", due="2026-10-02T00:00:00Z")
    world.stack.clock.advance(AFTER_DUE)
    world.deliver("an", assignment)
    card = world.card("an")
    assert card is not None
    assert [card.share(node) for node in "abc"] == [10_000, 10_000, 7_500]


def test_repeating_an_entry_changes_nothing(world: World) -> None:
    assignment = world.assigned("an")
    first = world.append("an", assignment, "s1", kind="submission", quantity=1)
    again = world.append("an", assignment, "s1", kind="submission", quantity=1)
    assert [first.json()["repeated"], again.json()["repeated"]] == [False, True]


def test_an_id_does_not_serve_another_entry(world: World) -> None:
    assignment = world.assigned("an", quantity=2)
    world.append("an", assignment, "s1", kind="submission", quantity=1)
    answer = world.append("an", assignment, "s1", kind="submission", quantity=2)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "id")


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("chi", {"kind": "progress", "percent": 10}, 403, "assignment"),  # a colleague
    ("an", {"kind": "accepted", "submission": "s1"}, 403, "assignment"),  # own work
    ("dung", {"kind": "accepted", "submission": "s1"}, 403, "assignment"),  # another head
    ("binh", {"kind": "submission", "quantity": 1}, 403, "assignment"),  # not the doer
    ("an", {"kind": "progress", "percent": 101}, 400, "entry.progress.percent"),
    ("an", {"kind": "progress", "percent": 1.5}, 400, "entry.progress.percent"),
    ("an", {"kind": "submission"}, 400, "entry.submission.quantity"),
    ("an", {"kind": "submission", "quantity": 1, "score": 100}, 400, "entry.submission.score"),
    ("binh", {"kind": "returned", "faults": 1, "reason": ""}, 400, "entry.returned.reason"),
    ("an", {"kind": "deadline_moved"}, 400, "entry"),  # follows from a decision only
    ("an", {"kind": "cancelled", "quantity": 1, "reason": "xong"}, 400, "entry"),
    ("an", {"kind": "progress", "by": "chi"}, 400, "entry.by"),
    ("an", {"kind": "progress", "at": "2026-10-01T00:00:00Z"}, 400, "entry.at"),
]


@pytest.mark.parametrize(("by", "entry", "status", "field"), REFUSALS)
def test_refusals_name_the_field_and_write_nothing(
    world: World, by: str, entry: dict[str, Any], status: int, field: str
) -> None:
    assignment = world.assigned("an")
    answer = world.append(by, assignment, "x1", **entry)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["field"] == field
    ids = [one.ref.id for one in world.stack.wiring.store.find(refs.entries(assignment))]
    assert ids == ["assigned"]


GROUNDLESS: list[tuple[str, dict[str, Any], int, str]] = [
    ("an", {"kind": "submission", "quantity": 1}, 400, "entry.evidence"),
    ("an", {"kind": "exemption_requested"}, 400, "entry.evidence"),
    ("binh", {"kind": "accepted", "submission": "s9"}, 404, "entry.submission"),
    ("binh", {"kind": "accepted", "submission": "assigned"}, 404, "entry.submission"),
    ("binh", {"kind": "returned", "submission": "s9", "faults": 1}, 404, "entry.submission"),
    ("binh", {"kind": "returned", "submission": "s1", "faults": 3}, 400, "entry.faults"),
    ("binh", {"kind": "returned", "faults": 5}, 400, "entry.faults"),
    ("binh", {"kind": "corrected", "returned": "s1", "faults": 0}, 404, "entry.returned"),
    ("binh", {"kind": "corrected", "returned": "r1", "faults": 3}, 400, "entry.faults"),
    ("giam-doc", {"kind": "corrected", "returned": "r1", "faults": 0}, 403, "entry.returned"),
]


def test_what_rests_on_nothing_is_refused_and_what_rests_on_something_taken(world: World) -> None:
    """By the function and by the rules alike."""
    world.demand_evidence()
    assignment = world.assigned("an", quantity=4)
    sent = {"kind": "submission", "quantity": 2, "evidence": ["cv-12"]}
    returned = {"kind": "returned", "submission": "s1", "faults": 2, "reason": "thiếu chữ ký"}
    corrected = {"kind": "corrected", "returned": "r1", "faults": 1, "reason": "đếm nhầm"}
    assert world.append("an", assignment, "s1", **sent).status_code == OK
    assert world.append("binh", assignment, "r1", **returned).status_code == OK
    for by, entry, status, field in GROUNDLESS:
        reason = {} if entry["kind"] in ("submission", "accepted") else {"reason": "đếm nhầm"}
        answer = world.append(by, assignment, "x1", **entry, **reason)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
        path, fields = f"assignments/{assignment}/entries/x1", {**entry, **reason, "by": by}
        assert world.as_(by).write(path, fields, times=["at"]).status_code == 403
    for name, write in (("c1", world.append), ("c2", world.append_in_store)):
        assert write("binh", assignment, name, **corrected).status_code == OK
    assert world.append_in_store("an", assignment, "s2", **sent).status_code == OK
    card = world.card("an")
    assert card is not None
    assert card.work.fails == 1


def test_an_entry_after_the_close_is_refused_with_the_reason(world: World) -> None:
    assignment = world.assigned("an")
    world.close()
    answer = world.append("an", assignment, "s1", kind="submission", quantity=1)
    assert (answer.status_code, answer.json()["title"]) == (409, "closed")


def test_a_trusted_system_reports_others_work_with_its_time(world: World) -> None:
    assignment = world.assigned("an")
    world.stack.clock.advance(AFTER_DUE)
    answer = by_system(system(world.stack), assignment, at="2026-10-01T17:30:00Z")
    assert answer.status_code == OK, answer.text
    entry = world.stack.wiring.store.get(refs.entries(assignment)("e1"))
    assert entry is not None
    assert (entry.by, entry.at.hour) == ("an", 17)


def test_a_system_does_not_report_the_future(world: World) -> None:
    answer = by_system(system(world.stack), world.assigned("an"), at="2030-01-01T00:00:00Z")
    assert answer.json()["errors"][0]["field"] == "entry.at"


def test_an_unknown_service_account_is_no_system(world: World) -> None:
    token = world.stack.issuer.token("somebody@else.iam.gserviceaccount.com", world.stack.url)
    stranger = Client(world.stack, {"Authorization": f"Bearer {token}", "X-Caller": "system"})
    assert by_system(stranger, world.assigned("an"), at="2026-09-30T17:30:00Z").status_code == 403


def by_system(client: Client, assignment: str, at: str) -> requests.Response:
    entry = {"kind": "submission", "quantity": 1, "by": "an", "at": at}
    return client.post("progress", {"assignment": assignment, "id": "e1", "entry": entry})
