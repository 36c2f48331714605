from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.models.assignment import Assignment
from shared.models.entry import Entry, Returned, Submission
from shared.models.scorecard import Contribution, Excused, Work
from shared.scoring.contribution import contribute
from shared.scoring.gates import pace
from shared.scoring.scorecard import add_up
from shared.scoring.waivers import left_to_waive
from tests.builders import (
    DAY,
    DUE,
    END,
    START,
    TICK,
    History,
    a_cancellation,
    a_carry_over,
    a_contribution,
    a_corrected_return,
    a_moved_deadline,
    a_reassignment,
    a_return,
    a_scheme,
    a_submission,
    an_acceptance,
    an_assignment,
    an_exemption,
    an_exemption_request,
    delivered,
    folded_of,
)
from tests.strategies import (
    assignments,
    entry_ids,
    exemptions,
    fresh_ids,
    histories,
    moments,
    returns,
    submissions,
    withdrawals,
    without_returns_of,
)

SCHEME = a_scheme()
WHOLE = 1000 * 100
"""The weight of one standard product."""


def contributed(assignment: Assignment, history: History) -> Contribution:
    folded = folded_of(history)
    return contribute(assignment.model_copy(update={"folded": folded}), SCHEME)


def weights(row: Contribution) -> list[int]:
    return [row.done_weight, row.quality_weight, row.progress_weight]


def shares(work: Work) -> list[Fraction]:
    """What may not fall: a, b, c, and what the gates measure."""
    parts = [work.done_weight, work.quality_weight, work.progress_weight]
    paces = [pace(work, "on_time") or Fraction(0), pace(work, "beyond") or Fraction(0)]
    return [*(Fraction(part, work.assigned_weight) for part in parts), *paces]


def never_raises(before: Contribution, after: Contribution) -> bool:
    pairs = zip(weights(before), weights(after), strict=True)
    return before.assigned_weight == after.assigned_weight and all(a >= b for a, b in pairs)


def delayed(sent: Submission, moment: datetime) -> Submission:
    return sent.model_copy(update={"at": max(sent.at, moment)})


def test_a_clean_delivery_on_time_counts_whole() -> None:
    row = a_contribution(delivered())
    assert (row.quantity, row.done, row.fails, row.lates) == (1, 1, 0, 0)
    assert row.assigned_weight == row.done_weight == WHOLE
    assert row.quality_weight == row.progress_weight == WHOLE


def test_the_weight_is_quantity_times_k() -> None:
    row = a_contribution(delivered(quantity=3), quantity=4, k=2500)
    assert row.assigned_weight == 4 * 2500 * 100
    assert row.done_weight == 3 * 2500 * 100


@pytest.mark.parametrize(
    "history",
    [
        {},
        {"s1": a_submission()},
        {"s1": a_submission(), "r1": a_return(submission="s1")},
        {"s1": a_submission(), "ok": an_acceptance(submission="s2")},
        {"ok": an_acceptance()},
        {
            "s1": a_submission(),
            "ok": an_acceptance(at=DUE),
            "r1": a_return(submission="s1", at=END),
        },
    ],
    ids=[
        "nothing",
        "unjudged",
        "returned",
        "another accepted",
        "no delivery",
        "returned after all",
    ],
)
def test_only_deliveries_that_somebody_accepted_are_done(history: dict[str, Entry]) -> None:
    row = a_contribution(history)
    assert row.done == row.done_weight == 0
    assert row.assigned_weight == WHOLE


def test_a_return_is_made_good_by_accepting_the_same_delivery_later() -> None:
    history = delivered() | {"r1": a_return(submission="s1", at=DUE)}
    row = a_contribution(history)
    assert (row.done, row.fails, row.lates) == (1, 1, 0)
    assert row.quality_weight == WHOLE * 3 // 4


@pytest.mark.parametrize(("at", "lates"), [(DUE - TICK, 0), (DUE, 0), (DUE + TICK, 1)])
def test_a_delivery_is_late_only_after_it_was_due(at: datetime, lates: int) -> None:
    row = a_contribution(delivered(at=at))
    assert (row.done, row.lates) == (1, lates)


@pytest.mark.parametrize(("at", "done"), [(END - TICK, 1), (END, 0), (END + TICK, 0)])
def test_a_delivery_counts_until_just_before_the_periods_end(at: datetime, done: int) -> None:
    assert a_contribution(delivered(at=at)).done == done


def test_a_delivery_in_the_period_counts_though_it_is_accepted_in_the_review() -> None:
    history: dict[str, Entry] = {"s1": a_submission(), "ok": an_acceptance(at=END + 3 * DAY)}
    assert a_contribution(history).done == 1


def test_a_moved_deadline_decides_what_is_late_both_ways() -> None:
    late, early = DUE + DAY, DUE - DAY
    assert a_contribution(delivered(at=late) | {"m": a_moved_deadline(due=late)}).lates == 0
    assert a_contribution(delivered(at=DUE) | {"m": a_moved_deadline(due=early)}).lates == 1


def test_a_delivery_is_judged_by_the_deadline_of_its_day() -> None:
    """Moving it forward afterwards convicts nobody."""
    forward = a_moved_deadline(at=DUE - DAY, due=DUE - 2 * DAY)
    assert a_contribution(delivered(at=DUE - 1.5 * DAY) | {"m": forward}).lates == 0


def test_a_deadline_moved_after_it_fell_due_excuses_nothing_and_is_shown() -> None:
    history = delivered(at=DUE + 2 * DAY) | {
        "m1": a_moved_deadline(at=DUE + TICK, due=DUE + 3 * DAY),
        "m2": a_moved_deadline(at=DUE + DAY, due=DUE + 4 * DAY),
    }
    row = a_contribution(history)
    assert (row.lates, row.overdue_moves) == (1, 2)


def test_moved_back_and_forth_nothing_is_hidden() -> None:
    moves = {
        "m1": a_moved_deadline(at=DUE - TICK, due=DUE + DAY),
        "m2": a_moved_deadline(at=DUE + DAY, due=DUE + 2 * DAY),
        "m3": a_moved_deadline(at=DUE + 3 * DAY, due=DUE + 5 * DAY),
    }
    kept, late = (a_contribution(delivered(at=DUE + n * DAY) | moves) for n in (2, 4))
    assert (kept.lates, late.lates) == (0, 1)
    assert kept.overdue_moves == late.overdue_moves == 1


def test_a_scheme_may_let_an_overdue_move_excuse() -> None:
    source = SCHEME.ratings.source.fields()
    lenient = a_scheme(deadlines={"overdue_moves_count": True, "source": source})
    late = delivered(at=DUE + TICK) | {"m": a_moved_deadline(at=DUE + DAY, due=DUE + DAY * 2)}
    row = contribute(an_assignment(late), lenient)
    assert (row.lates, row.overdue_moves) == (0, 1)
    forward = late | {"n": a_moved_deadline(at=DUE + 2 * DAY, due=START)}
    assert contribute(an_assignment(forward), lenient).lates == 0


def test_a_late_delivery_that_nobody_needed_is_not_late() -> None:
    history = delivered(2, quantity=2) | {"s3": a_submission(at=DUE + DAY, quantity=2)}
    history["ok3"] = an_acceptance(submission="s3")
    row = a_contribution(history, quantity=4)
    assert (row.done, row.lates) == (4, 0)


def test_what_exceeds_the_assignment_does_not_count() -> None:
    row = a_contribution(delivered(5, quantity=100), quantity=2)
    assert (row.done, row.done_weight) == (2, 2 * WHOLE)


@pytest.mark.parametrize("lates", range(4))
def test_each_late_unit_of_a_row_loses_a_quarter_of_a_unit(lates: int) -> None:
    history = delivered(quantity=4 - lates) if lates < 4 else {}
    if lates:
        history |= {
            "late": a_submission(at=DUE + DAY, quantity=lates),
            "ok": an_acceptance(submission="late"),
        }
    row = a_contribution(history, quantity=4)
    assert row.lates == lates
    assert row.progress_weight == 4 * WHOLE - lates * WHOLE // 4


@pytest.mark.parametrize("errors", range(20))
def test_a_row_of_identical_units_loses_a_quarter_of_k_per_error_down_to_nothing(
    errors: int,
) -> None:
    k, done = 2345, 3
    history = delivered(done) | {f"r{n}": a_return() for n in range(errors)}
    row = a_contribution(history, quantity=4, k=k)
    # K·(qty − 0.25·min(errors, 4·qty)), in hundredths of thousandths
    assert row.quality_weight == k * (100 * done - 25 * min(errors, 4 * done))
    assert row.progress_weight == row.done_weight == k * 100 * done


def test_one_return_may_fail_several_units() -> None:
    row = a_contribution(delivered(quantity=5) | {"r1": a_return(faults=3)}, quantity=5)
    assert (row.fails, row.quality_weight) == (3, 5 * WHOLE - 3 * WHOLE // 4)


def test_a_scheme_sets_its_own_penalties() -> None:
    source = SCHEME.ratings.source.fields()
    strict = {"per_fail": 100, "per_late": 0, "source": source}
    history = delivered(2, at=DUE + DAY) | {"r1": a_return()}
    row = contribute(an_assignment(history, quantity=2), a_scheme(penalties=strict))
    assert (row.quality_weight, row.progress_weight) == (WHOLE, 2 * WHOLE)


@pytest.mark.parametrize(
    ("submitted", "returned", "fails"),
    [(END - TICK, END - TICK, 1), (END - TICK, END + DAY, 1), (END, END + DAY, 0)],
    ids=["both within", "checked in the review", "delivered after the end"],
)
def test_a_failed_check_belongs_to_the_period_of_the_delivery_it_names(
    submitted: datetime, returned: datetime, fails: int
) -> None:
    checked = a_return(submission="s9", at=returned)
    history = delivered() | {"s9": a_submission(at=submitted), "r1": checked}
    assert a_contribution(history, quantity=2).fails == fails


@pytest.mark.parametrize("submission", [None, "unknown"])
def test_a_failed_check_of_nothing_known_counts_by_its_own_time(submission: str | None) -> None:
    before, after = (a_return(submission=submission, at=at) for at in (END - TICK, END))
    assert a_contribution({"r1": before}).fails == 1
    assert a_contribution({"r1": after}).fails == 0


def test_a_request_without_a_decision_waives_nothing() -> None:
    history = delivered(at=DUE + DAY) | {"x1": an_exemption_request()}
    assert a_contribution(history).lates == 1


def test_a_confirmed_objective_cause_waives_what_it_names_and_no_more() -> None:
    exemption = an_exemption(lates_waived=1, faults_waived=2)
    history = delivered(4, at=DUE + DAY) | {"r1": a_return(faults=7), "d1": exemption}
    row = a_contribution(history, quantity=4)
    assert (row.lates, row.fails) == (3, 5)


def test_a_decision_waives_nothing_that_happened_after_it() -> None:
    early = an_exemption(at=DUE, lates_waived=1, faults_waived=1)
    history = delivered(at=DUE + DAY) | {"d1": early, "r1": a_return(at=DUE + TICK)}
    row = a_contribution(history)
    assert (row.lates, row.fails, row.excused) == (1, 1, None)


def test_decisions_on_several_requests_pool_over_what_each_reaches() -> None:
    history = delivered(3, at=DUE + DAY) | {
        "r1": a_return(at=DUE + TICK),
        "r2": a_return(at=DUE + 3 * DAY),
        "d1": an_exemption(at=DUE + DAY, request="x1", faults_waived=9, lates_waived=1),
        "d2": an_exemption(at=DUE + 4 * DAY, request="x2", faults_waived=1, lates_waived=1),
    }
    row = a_contribution(history, quantity=3)
    assert (row.lates, row.fails) == (1, 0)
    assert row.excused == Excused(lates=2, fails=2)


def test_a_check_that_failed_fewer_units_than_its_judge_wrote() -> None:
    history = delivered(quantity=5) | {"r1": a_return(faults=5)}
    fewer = history | {"c1": a_corrected_return(faults=1)}
    none = fewer | {"c2": a_corrected_return(faults=0, at=END)}
    more = fewer | {"c3": a_corrected_return(faults=9, at=END)}
    fails = [a_contribution(one, quantity=5).fails for one in (history, fewer, none, more)]
    assert fails == [5, 1, 0, 5]


def test_what_is_carried_over_stays_unfinished_and_cannot_be_done_here_any_more() -> None:
    history = delivered(3) | {"o1": a_carry_over(quantity=2)}
    row = a_contribution(history, quantity=4)
    assert (row.quantity, row.done, row.carried) == (4, 2, 2)


def test_a_scheme_may_let_what_is_carried_over_leave_the_period() -> None:
    source = SCHEME.ratings.source.fields()
    leaving = a_scheme(carry_over={"leaves_old_period": True, "source": source})
    history = delivered() | {"o1": a_carry_over(quantity=3)}
    row = contribute(an_assignment(history, quantity=4), leaving)
    assert (row.quantity, row.done, row.assigned_weight) == (1, 1, WHOLE)


def test_what_could_not_be_delivered_is_not_asked_for_when_its_cause_is_confirmed() -> None:
    """And what comes after all is then late with an excuse, and asked for again."""
    waived: History = {"d1": an_exemption(lates_waived=2)}
    row = a_contribution({**delivered(), **waived}, quantity=4)
    assert (row.quantity, row.done, row.assigned_weight) == (2, 1, 2 * WHOLE)
    assert row.excused == Excused(lates=0, fails=0, undelivered=2)
    late: History = {
        "s2": a_submission(at=END - DAY),
        "ok2": an_acceptance(submission="s2", at=END),
    }
    row = a_contribution({**delivered(), **waived, **late}, quantity=4)
    assert (row.quantity, row.done, row.lates) == (3, 2, 0)
    assert row.excused == Excused(lates=1, fails=0, undelivered=1)


def test_nobody_is_excused_from_delivering_what_was_not_due() -> None:
    early = {"d1": an_exemption(at=DUE, lates_waived=1)}
    assert a_contribution(early) == a_contribution()


def test_what_left_for_a_later_period_cannot_be_excused_in_the_old() -> None:
    source = SCHEME.ratings.source.fields()
    leaving = a_scheme(carry_over={"leaves_old_period": True, "source": source})
    work = an_assignment({"o1": a_carry_over(quantity=1)}, quantity=2)
    assert left_to_waive(work, leaving, "x1", END).lates == 1
    assert left_to_waive(work, SCHEME, "x1", END).lates == 2


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_one_row_of_units_never_scores_above_a_row_for_each(errors: list[int]) -> None:
    """They differ only where one unit failed more than four times: rows of their own end at 0."""
    faults = {f"r{n}": a_return(faults=one) for n, one in enumerate(errors) if one}
    pooled = a_contribution(delivered(len(errors)) | faults, quantity=len(errors))
    apart = [
        a_contribution(delivered() | ({"r": a_return(faults=one)} if one else {})) for one in errors
    ]
    separate = sum(row.quality_weight for row in apart)
    assert pooled.quality_weight <= separate
    assert max(errors) > 4 or pooled.quality_weight == separate


def test_a_waiver_beyond_what_there_was_gives_no_credit() -> None:
    generous = an_exemption(lates_waived=10**6, faults_waived=10**6)
    assert a_contribution(delivered() | {"d1": generous}) == a_contribution(delivered())


@pytest.mark.parametrize(
    ("history", "beyond"),
    [
        ({"s1": a_submission(quantity=2), "ok": an_acceptance(beyond=True)}, 2),
        ({"s1": a_submission(quantity=9), "ok": an_acceptance(beyond=True)}, 3),
        ({"s1": a_submission(quantity=2), "ok": an_acceptance()}, 0),
        ({"s1": a_submission(at=END), "ok": an_acceptance(beyond=True)}, 0),
        ({"s1": a_submission(), "ok": an_acceptance(beyond=True), "r1": a_return()}, 1),
        (
            {
                "s1": a_submission(),
                "ok": an_acceptance(beyond=True),
                "r1": a_return(submission="s1", at=END),
            },
            0,
        ),
    ],
    ids=["said", "more than assigned", "not said", "too late", "returned before", "returned after"],
)
def test_beyond_requirement_is_what_its_acceptance_says(history: History, beyond: int) -> None:
    assert a_contribution(history, quantity=3).beyond == beyond


def test_withdrawn_units_are_no_longer_asked_for() -> None:
    history = delivered() | {"c1": a_cancellation(quantity=2), "m1": a_reassignment(quantity=1)}
    row = a_contribution(history, quantity=4)
    assert (row.quantity, row.done, row.assigned_weight) == (1, 1, WHOLE)


def test_withdrawing_more_than_there_was_leaves_nothing_and_owes_nothing() -> None:
    history = delivered() | {"r1": a_return(), "c1": a_cancellation(quantity=1000)}
    row = a_contribution(history)
    assert (row.quantity, row.done, row.lates) == (0, 0, 0)
    assert [row.assigned_weight, *weights(row)] == [0, 0, 0, 0]


@given(assignments, histories)
def test_a_contribution_is_within_its_bounds(assignment: Assignment, history: History) -> None:
    row = contributed(assignment, history)
    assert 0 <= row.lates <= row.done <= row.quantity <= assignment.quantity
    assert 0 <= row.beyond <= row.done
    assert 0 <= row.quality_weight <= row.done_weight
    assert 0 <= row.progress_weight <= row.done_weight <= row.assigned_weight
    assert Contribution.model_validate(row.fields()) == row


@given(assignments, histories, fresh_ids, returns)
def test_a_return_never_raises_anything(
    assignment: Assignment, history: History, entry_id: str, returned: Returned
) -> None:
    before = contributed(assignment, history)
    assert never_raises(before, contributed(assignment, {**history, entry_id: returned}))


@given(assignments, histories, entry_ids, submissions, moments)
def test_delivering_later_never_raises_anything(
    assignment: Assignment, history: History, key: str, sent: Submission, moment: datetime
) -> None:
    """But for failed checks, which go with the delivery they name out of the period."""
    unfailed = without_returns_of(key, history)
    before = contributed(assignment, {**unfailed, key: sent})
    assert never_raises(before, contributed(assignment, {**unfailed, key: delayed(sent, moment)}))


@given(assignments, histories, entry_ids, submissions, moments)
def test_delivering_later_within_the_period_never_raises_anything(
    assignment: Assignment, history: History, key: str, sent: Submission, moment: datetime
) -> None:
    assume(max(sent.at, moment) < END)
    before = contributed(assignment, {**history, key: sent})
    assert never_raises(before, contributed(assignment, {**history, key: delayed(sent, moment)}))


@given(assignments, histories, fresh_ids, exemptions)
def test_another_exemption_never_lowers_a_share(
    assignment: Assignment, history: History, entry_id: str, exemption: Entry
) -> None:
    """Of the work, alone or beside other, nor what the gates ask for; with nothing left, none."""
    fresh = exemption.model_copy(update={"request": "another"})
    before = contributed(assignment, history)
    after = contributed(assignment, {**history, entry_id: fresh})
    other = a_contribution(delivered(at=DUE + DAY), quantity=2)
    for rows in ([], [other]):
        old, new = add_up([before, *rows]), add_up([after, *rows])
        assert new.assigned <= old.assigned
        if new.assigned:
            assert all(now >= was for now, was in zip(shares(new), shares(old), strict=True))


@given(assignments, histories, fresh_ids, exemptions)
def test_another_delivery_never_lowers_a_share(
    assignment: Assignment, history: History, entry_id: str, exemption: Entry
) -> None:
    """Whatever was excused from being delivered."""
    excused = {**history, entry_id: exemption.model_copy(update={"request": "another"})}
    sent: History = {
        "s9": a_submission(at=END - TICK),
        "ok9": an_acceptance(submission="s9", at=END),
    }
    old = add_up([contributed(assignment, excused)])
    new = add_up([contributed(assignment, {**excused, **sent})])
    if old.assigned:
        assert all(now >= was for now, was in zip(shares(new), shares(old), strict=True))


@given(assignments, histories, fresh_ids, withdrawals)
def test_withdrawing_lowers_what_is_asked_and_never_raises_what_is_done(
    assignment: Assignment, history: History, entry_id: str, withdrawal: Entry
) -> None:
    before = contributed(assignment, history)
    after = contributed(assignment, {**history, entry_id: withdrawal})
    assert 0 <= after.assigned_weight <= before.assigned_weight
    assert after.done_weight <= before.done_weight


def test_more_failed_checks_than_anybody_makes_still_fit() -> None:
    history = {f"r{n}": a_return(faults=1000) for n in range(1001)}
    assert a_contribution(history).fails == 1_001_000
