"""Unplanned work: registered by the official, and counted once the head has accepted it."""

from typing import Any

import pytest

from shared import refs
from shared.models.proposal import Registered
from shared.ports import put
from tests.builders import DAY, a_scheme
from tests.office import NEXT_MONTH, Office
from tests.world import DUE, MONTH


@pytest.fixture
def office() -> Office:
    office = Office().open()
    for official, unit in (("an", "p1"), ("binh", "p1")):
        proposal = Registered(
            period=MONTH, official=official, unit=unit, at=office.clock.now(), title="Hòa giải"
        )
        office.store.commit([put(refs.proposals(f"p-{official}"), proposal)])
    return office


def acceptance(**changes: Any) -> dict[str, Any]:
    request = {"action": "accept_proposal", "proposal": "p-an", "product": "hs", "due": DUE}
    return {**request, **changes}


def refusing(**changes: Any) -> dict[str, Any]:
    request = {"action": "decline_proposal", "proposal": "p-an", "reason": "trùng việc đã giao"}
    return {**request, **changes}


def test_an_accepted_proposal_is_an_assignment_with_the_catalogue_s_k(office: Office) -> None:
    (made,) = office.ask("binh", **acceptance(quantity=2))
    work = office.work(made)
    assert (work.official, work.title, work.k, work.quantity) == ("an", "Hòa giải", 2500, 2)
    assert (work.proposal, work.assigned_by) == ("p-an", "binh")
    registered = office.store.get(refs.proposals("p-an"))
    assert registered is not None
    assert registered.reply is not None
    assert (registered.reply.assignment, registered.reply.by) == (made, "binh")


def test_a_declined_proposal_says_why_and_makes_nothing(office: Office) -> None:
    assert office.ask("binh", **refusing()) == []
    registered = office.store.get(refs.proposals("p-an"))
    assert registered is not None
    assert registered.reply is not None
    assert registered.reply.reason == "trùng việc đã giao"
    assert list(office.store.find(refs.assignments)) == []


@pytest.mark.parametrize("first", [acceptance(), refusing()])
def test_it_is_answered_once(office: Office, first: dict[str, Any]) -> None:
    reply = office.ask("binh", key="k", **first)
    assert office.ask("binh", key="k", **first) == reply
    for second in (acceptance(), refusing()):
        assert office.refusal("giam-doc", **second) == ("conflict", "proposal")


REFUSALS: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("an", acceptance(), ("forbidden", "proposal")),
    ("an", refusing(), ("forbidden", "proposal")),
    ("chi", acceptance(), ("forbidden", "proposal")),
    ("dung", acceptance(), ("forbidden", "proposal")),
    ("dung", refusing(), ("forbidden", "proposal")),
    ("binh", acceptance(proposal="p-binh"), ("forbidden", "proposal")),
    ("binh", refusing(proposal="p-binh"), ("forbidden", "proposal")),
    ("binh", acceptance(proposal="none"), ("missing", "proposal")),
    ("binh", acceptance(product="none"), ("missing", "product")),
    ("binh", acceptance(due="2026-11-20T00:00:00Z"), ("invalid", "due")),
]


@pytest.mark.parametrize(("by", "request_", "refusal"), REFUSALS)
def test_refusals(
    office: Office, by: str, request_: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert office.refusal(by, **request_) == refusal


def test_after_the_close_it_is_accepted_into_another_period_or_declined(office: Office) -> None:
    office.close()
    assert office.refusal("binh", **acceptance()) == ("closed", "proposal")
    assert office.refusal("binh", **acceptance(period=MONTH)) == ("closed", "period")
    later = {"period": NEXT_MONTH, "due": "2026-11-20T00:00:00Z"}
    (made,) = office.ask("binh", **acceptance(**later))
    assert office.work(made).period == NEXT_MONTH


def test_after_the_end_it_counts_as_delivered_when_it_was_registered(office: Office) -> None:
    period = office.store.get(refs.periods(MONTH))
    assert period is not None
    office.at(period.end + DAY)
    registered = office.store.get(refs.proposals("p-an"))
    assert registered is not None
    for due in (registered.at, registered.at - DAY):
        assert office.refusal("binh", **acceptance(due=due)) == ("invalid", "due")
    assert office.refusal("binh", **acceptance(quantity=2)) == ("invalid", "quantity")
    (made,) = office.ask("binh", **acceptance())
    row = office.row(made)
    assert (row.quantity, row.done, row.lates) == (1, 1, 0)
    delivery = office.work(made).folded.submissions
    assert [one.at for one in delivery.values()] == [registered.at]


def test_what_was_registered_after_the_end_goes_into_the_next_period(office: Office) -> None:
    period = office.store.get(refs.periods(MONTH))
    assert period is not None
    office.at(period.end + DAY)
    late = Registered(
        period=MONTH, official="an", unit="p1", at=office.clock.now(), title="Hòa giải"
    )
    office.store.commit([put(refs.proposals("p-an"), late)])
    assert office.refusal("binh", **acceptance()) == ("closed", "proposal")
    assert office.refusal("binh", **acceptance(period=MONTH)) == ("closed", "period")
    later = {"period": NEXT_MONTH, "due": "2026-11-20T00:00:00Z"}
    assert office.work(office.ask("binh", **acceptance(**later))[0]).period == NEXT_MONTH


def test_without_evidence_nothing_counts_after_the_end_where_it_is_asked_for() -> None:
    rule = {"submissions": True, "source": a_scheme().ratings.source.fields()}
    office = Office().open(a_scheme(evidence=rule))
    now = office.clock.now()
    proposal = Registered(period=MONTH, official="an", unit="p1", at=now, title="Hòa giải")
    office.store.commit([put(refs.proposals("p-an"), proposal)])
    period = office.store.get(refs.periods(MONTH))
    assert period is not None
    office.at(period.end + DAY)
    assert office.refusal("binh", **acceptance()) == ("conflict", "product")


def test_an_answer_is_owed_also_after_the_close(office: Office) -> None:
    office.close()
    assert office.ask("binh", **refusing()) == []
