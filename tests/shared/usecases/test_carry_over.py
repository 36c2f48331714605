"""Unfinished work goes on in a later period: explicitly, once, and what is shut stays as it is."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import refs
from shared.errors import RefusedError
from shared.ports import put
from shared.usecases.caller import identify
from shared.usecases.correct import CorrectRequest, correct
from tests.builders import DAY, a_result, a_scheme, a_scorecard
from tests.office import NEXT_MONTH, Office
from tests.world import DUE, MONTH

REASON = "chờ kết quả thẩm định"
NEXT_DUE = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return Office().open()


def onward(work: str, **changes: Any) -> dict[str, Any]:
    request = {"action": "carry_over", "assignment": work, "period": NEXT_MONTH}
    return {**request, "due": NEXT_DUE, "reason": REASON, **changes}


def half_done(office: Office) -> str:
    work = office.assigned(quantity=4)
    office.deliver(work, quantity=1)
    office.append("an", work, "s2", kind="submission", quantity=1)
    return work


def test_what_was_not_delivered_goes_on_with_its_terms(office: Office) -> None:
    old, new = office.ask("binh", **onward(half_done(office)))
    work = office.work(new)
    assert (work.period, work.quantity, work.k, work.due) == (NEXT_MONTH, 2, 2500, NEXT_DUE)
    assert (work.continues, work.official, work.approver) == (old, "an", "binh")
    assert office.row(new).continues == old
    before = office.row(old)
    assert (before.quantity, before.done, before.carried) == (4, 1, 2)
    carried = [one.value for one in office.store.find(refs.entries(old))]
    assert [one.successor for one in carried if one.kind == "carried_over"] == [new]


def test_it_is_not_done_twice(office: Office) -> None:
    """Neither in both periods, nor carried again, nor cancelled."""
    old, new = office.ask("binh", **onward(office.assigned()))
    office.deliver(old)
    assert (office.row(old).done, office.row(new).done) == (0, 0)
    assert office.refusal("giam-doc", **onward(old)) == ("conflict", "assignment")
    cancel = {"action": "cancel", "assignment": old, "reason": REASON}
    assert office.refusal("binh", **cancel) == ("conflict", "assignment")


def test_the_same_key_carries_once(office: Office) -> None:
    work = half_done(office)
    first = office.ask("binh", key="k", **onward(work))
    assert office.ask("binh", key="k", **onward(work)) == first
    assert len(list(office.store.find(refs.assignments))) == 2


def test_a_closed_period_is_not_touched(office: Office) -> None:
    work = half_done(office)
    office.close()
    office.at(NEXT_DUE - 10 * DAY)
    before = {key: one for key, one in office.store.documents.items() if work in key}
    _, new = office.ask("binh", **onward(work))
    after = {key: one for key, one in office.store.documents.items() if work in key}
    assert before == after
    # What nobody accepted before the close can be accepted no more: it goes on too.
    assert office.work(new).quantity == 3
    assert office.refusal("giam-doc", **onward(work)) == ("conflict", "assignment")


def test_who_moved_on_takes_the_work_along_and_only_once(office: Office) -> None:
    work = half_done(office)
    other = office.assigned("chi")
    office.close()
    _, new = office.ask("binh", **onward(work))
    record = office.store.get(refs.officials("an"))
    assert record is not None
    moved = record.model_copy(update={"unit": "p2"})
    office.store.commit([put(refs.officials("an"), moved)])
    assert office.refusal("giam-doc", **onward(work)) == ("conflict", "assignment")
    assert office.work(new).unit == "p1"
    record = office.store.get(refs.officials("chi"))
    assert record is not None
    office.store.commit([put(refs.officials("chi"), record.model_copy(update={"unit": "p2"}))])
    assert office.refusal("binh", **onward(other)) == ("forbidden", "assignment")
    assert office.work(office.ask("giam-doc", **onward(other))[1]).path == ["so", "p2"]


def test_a_scheme_may_take_what_is_carried_over_out_of_the_old_period() -> None:
    source = a_scheme().ratings.source.fields()
    rule = {"leaves_old_period": True, "source": source}
    office = Office().open(a_scheme(carry_over=rule))
    work = half_done(office)
    office.ask("binh", **onward(work))
    row = office.row(work)
    assert (row.quantity, row.done, row.carried) == (2, 1, 2)


REFUSALS: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("dung", {}, ("forbidden", "assignment")),
    ("an", {}, ("forbidden", "assignment")),
    ("binh", {"assignment": "2026-10_p1_an_none"}, ("missing", "assignment")),
    ("binh", {"period": "2026-10"}, ("invalid", "period")),
    ("binh", {"period": "2027-01"}, ("missing", "period")),
    ("binh", {"due": DUE}, ("invalid", "due")),
]


@pytest.mark.parametrize(("by", "change", "refusal"), REFUSALS)
def test_refusals(
    office: Office, by: str, change: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert office.refusal(by, **onward(half_done(office), **change)) == refusal


def test_nothing_goes_on_into_a_closed_period_or_to_be_late_at_once(office: Office) -> None:
    work = half_done(office)
    office.at(NEXT_DUE)
    assert office.refusal("binh", **onward(work)) == ("invalid", "due")
    office.close(NEXT_MONTH)
    assert office.refusal("binh", **onward(work)) == ("closed", "period")


def test_what_is_done_does_not_go_on(office: Office) -> None:
    work = office.assigned()
    office.deliver(work)
    assert office.refusal("binh", **onward(work)) == ("conflict", "assignment")


# No unit counts twice


def test_what_was_returned_afterwards_goes_on_too(office: Office) -> None:
    work = half_done(office)
    _, first = office.ask("binh", **onward(work))
    office.append("binh", work, "back", kind="returned", submission="s2", faults=1, reason=REASON)
    _, second = office.ask("binh", **onward(work))
    assert [office.work(one).quantity for one in (first, second)] == [2, 1]
    assert office.refusal("binh", **onward(work)) == ("conflict", "assignment")
    office.append("binh", work, "yes", kind="accepted", submission="s2")
    assert office.row(work).done == 1


def published(office: Office, period: str = MONTH) -> None:
    """What the close would have left of An."""
    office.close(period)
    found = office.store.find(refs.assignments, prefix=f"{period}_p1_an_")
    rows = {one.ref.id: office.row(one.ref.id) for one in found}
    card = a_scorecard(period=period, official="an", contributions=rows)
    office.store.commit([put(refs.official_results(period)("an"), a_result(card, unit="p1"))])


def accept(office: Office, work: str, submission: str = "s2") -> None:
    """As a petition that is upheld does."""
    item = {"kind": "accept", "assignment": work, "submission": submission}
    period = work.split("_", maxsplit=1)[0]
    body = {"period": period, "official": "an", "reason": "đã xét", "corrects": [item]}
    caller = identify(office.store, "quyen", office.clock.now())
    key = f"accept {len(office.store.written)}"
    correct(office, office.schemes, caller, key, CorrectRequest.model_validate(body))


def test_a_petition_counts_nothing_that_went_on_until_it_is_cancelled_there(
    office: Office,
) -> None:
    work = half_done(office)
    published(office)
    office.at(NEXT_DUE - 10 * DAY)
    _, new = office.ask("binh", **onward(work))
    with pytest.raises(RefusedError, match=f"go on as {new}") as refused:
        accept(office, work)
    assert (refused.value.code, refused.value.faults[0].field) == (
        "conflict",
        "corrects.0.submission",
    )
    office.ask("binh", action="cancel", assignment=new, reason=REASON)
    accept(office, work)
    assert (office.row(work).done, office.row(new).quantity) == (2, 0)


def test_what_a_petition_counted_does_not_go_on(office: Office) -> None:
    work = half_done(office)
    published(office)
    accept(office, work)
    _, new = office.ask("binh", **onward(work))
    assert office.work(new).quantity == 2


MONTHS = (MONTH, NEXT_MONTH, "2026-12")
steps = st.lists(
    st.tuples(
        st.sampled_from(["submit", "accept", "return", "carry", "carry", "close", "uphold"]),
        st.integers(0, 5),
        st.integers(1, 2),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_no_unit_ever_counts_in_two_periods(told: list[tuple[str, int, int]]) -> None:
    office = Office().open()
    office.open_month(MONTHS[2])
    office.assigned(quantity=3)
    for number, (step, chosen, quantity) in enumerate(told):
        every = [one.ref.id for one in office.store.find(refs.assignments)]
        work = every[chosen % len(every)]
        delivered = sorted(office.work(work).folded.submissions)
        submission = delivered[chosen % len(delivered)] if delivered else "none"
        with suppress(RefusedError):
            take(office, step, work, submission, number, quantity)
        assert sum(office.row(one.ref.id).done for one in office.store.find(refs.assignments)) <= 3


def take(office: Office, step: str, work: str, submission: str, number: int, quantity: int) -> None:
    match step:
        case "submit":
            office.append("an", work, f"s{number}", kind="submission", quantity=quantity)
        case "accept":
            office.append("binh", work, f"v{number}", kind="accepted", submission=submission)
        case "return":
            told = {"submission": submission, "faults": 1, "reason": REASON}
            office.append("binh", work, f"v{number}", kind="returned", **told)
        case "carry":
            period = MONTHS[min(MONTHS.index(work.split("_", maxsplit=1)[0]) + quantity, 2)]
            due = NEXT_DUE if period == NEXT_MONTH else NEXT_DUE + 30 * DAY
            office.ask("binh", key=f"k{number}", **onward(work, period=period, due=due))
        case "close":
            period = work.split("_", maxsplit=1)[0]
            standing = office.store.get(refs.periods(period))
            if standing is not None and standing.state == "open":
                published(office, period)
        case "uphold":
            accept(office, work, submission)
