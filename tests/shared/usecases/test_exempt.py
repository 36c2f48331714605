"""Exemptions: a request with evidence, and the competent authority's decision."""

from typing import Any

import pytest

from shared import refs
from shared.models.official import StandIn
from shared.models.scorecard import Excused
from shared.ports import put
from tests.builders import DAY, TICK, a_scheme
from tests.office import Office
from tests.world import DUE, officials

REASON = "đường sạt lở, có xác nhận"


@pytest.fixture
def office() -> Office:
    return Office().open()


def late_work(office: Office, quantity: int = 1) -> str:
    """Delivered late, once returned, and with a request."""
    work = office.assigned(quantity=quantity)
    office.at(DUE + DAY)
    office.append("binh", work, "r1", kind="returned", faults=1, reason="thiếu chữ ký")
    office.deliver(work, quantity=quantity)
    request = {"kind": "exemption_requested", "reason": REASON, "evidence": ["cv-12"]}
    office.append("an", work, "x1", **request)
    return work


def decision(work: str, **changes: Any) -> dict[str, Any]:
    request = {"action": "decide_exemption", "assignment": work, "request": "x1"}
    return {**request, "lates_waived": 1, "faults_waived": 0, "reason": REASON, **changes}


def test_what_is_waived_no_longer_lowers_the_score_and_is_named(office: Office) -> None:
    work = late_work(office)
    before = office.row(work)
    assert (before.lates, before.fails) == (1, 1)
    assert office.ask("quyen", **decision(work, faults_waived=1)) == [work]
    after = office.row(work)
    assert (after.lates, after.fails, after.excused) == (0, 0, Excused(lates=1, fails=1))
    assert after.progress_weight == after.quality_weight == after.done_weight
    assert office.store.get(refs.assignments(work)) == office.work(work)


def test_the_same_key_decides_once(office: Office) -> None:
    work = late_work(office)
    office.ask("quyen", key="k", **decision(work))
    before = dict(office.store.documents)
    office.ask("quyen", key="k", **decision(work))
    assert office.store.documents == before
    assert office.refusal("quyen", key="k", **decision(work, lates_waived=0))[0] == "key-reused"


def test_a_later_decision_replaces_the_earlier_and_both_stay(office: Office) -> None:
    work = late_work(office)
    for hour, waived in enumerate((1, 0)):
        office.at(DUE + (2 + hour) * DAY)
        office.ask("quyen", **decision(work, lates_waived=waived))
    assert office.row(work).lates == 1
    kinds = [one.value.kind for one in office.store.find(refs.entries(work))]
    assert kinds.count("exemption_decided") == 2


def test_who_may_not_decide(office: Office) -> None:
    """An official, a head, the organiser; the doer, and whoever set the terms, with authority."""
    work = late_work(office)
    for by in ("an", "binh", "tu", "giam-doc"):
        assert office.refusal(by, **decision(work))[0] == "forbidden"
    authority = officials()
    for uid in ("an", "binh"):
        roles = ["official", "head", "authority"]
        empowered = authority[uid].model_copy(update={"roles": roles, "unit": "so"})
        office.store.commit([put(refs.officials(uid), empowered)])
        assert office.refusal(uid, **decision(work)) == ("forbidden", "assignment")


def test_who_moved_the_deadline_does_not_decide(office: Office) -> None:
    work = office.assigned()
    director = officials()["giam-doc"].model_copy(
        update={"roles": ["official", "head", "authority"]}
    )
    office.store.commit([put(refs.officials("giam-doc"), director)])
    due = DUE + TICK
    office.ask("giam-doc", action="move_deadline", assignment=work, due=due, reason=REASON)
    office.at(DUE + DAY)
    request = {"kind": "exemption_requested", "reason": REASON, "evidence": ["cv-12"]}
    office.append("an", work, "x1", **request)
    assert office.refusal("giam-doc", **decision(work)) == ("forbidden", "assignment")


def test_a_scheme_may_let_whoever_assigned_decide() -> None:
    source = a_scheme().ratings.source.fields()
    rule = {"assigner_may_decide": True, "evidence_required": False, "source": source}
    office = Office().open(a_scheme(exemptions=rule))
    head = officials()["binh"].model_copy(
        update={"roles": ["official", "head", "authority"], "unit": "p1"}
    )
    office.store.commit([put(refs.officials("binh"), head)])
    work = office.assigned()
    office.at(DUE + DAY)
    office.append("an", work, "x1", kind="exemption_requested", reason=REASON)
    assert office.ask("binh", **decision(work)) == [work]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"request": "x2"}, ("missing", "request")),
        ({"request": "s1"}, ("missing", "request")),
        ({"assignment": "2026-10_p1_an_none"}, ("missing", "assignment")),
        ({"lates_waived": 2}, ("invalid", "lates_waived")),
        ({"faults_waived": 2}, ("invalid", "faults_waived")),
    ],
)
def test_what_cannot_be_decided(
    office: Office, change: dict[str, Any], refusal: tuple[str, str]
) -> None:
    work = late_work(office)
    assert office.refusal("quyen", **decision(work, **change)) == refusal


def test_nothing_is_decided_after_the_close(office: Office) -> None:
    work = late_work(office)
    office.close()
    assert office.refusal("quyen", **decision(work)) == ("closed", "assignment")


def test_what_is_overdue_may_be_waived_before_it_comes_and_what_is_not_due_may_not(
    office: Office,
) -> None:
    work = office.assigned(quantity=3)
    office.deliver(work)
    request = {"kind": "exemption_requested", "reason": REASON, "evidence": ["cv-12"]}
    office.append("an", work, "x1", **request)
    assert office.refusal("quyen", **decision(work)) == ("invalid", "lates_waived")
    office.at(DUE + TICK)
    assert office.refusal("quyen", **decision(work, lates_waived=3)) == ("invalid", "lates_waived")
    office.ask("quyen", **decision(work, lates_waived=2))
    office.append("an", work, "x2", **request)
    assert office.refusal("quyen", **decision(work, request="x2"))[1] == "lates_waived"
    office.at(DUE + DAY)
    office.deliver(work, "s2", quantity=2)
    row = office.row(work)
    assert (row.done, row.lates, row.excused) == (3, 0, Excused(lates=2, fails=0))


def test_whoever_stands_in_for_a_head_decides_nothing_about_that_head(office: Office) -> None:
    """Somebody who decides for the whole unit does, unless filling that head's very place."""
    work = office.assigned("binh")
    request = {"kind": "exemption_requested", "reason": REASON, "evidence": ["cv-12"]}
    office.append("binh", work, "x1", **request)
    authority = office.store.get(refs.officials("quyen"))
    assert authority is not None
    term = StandIn(unit="p1", start=DUE - 30 * DAY, end=DUE + 30 * DAY)
    filling = authority.model_copy(update={"stands_in": [term]})
    office.store.commit([put(refs.officials("quyen"), filling)])
    asked = decision(work, lates_waived=0)
    assert office.refusal("quyen", **asked) == ("forbidden", "assignment")
    office.store.commit([put(refs.officials("quyen"), authority)])
    assert office.ask("quyen", **asked) == [work]
