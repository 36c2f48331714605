from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.assignment import Assignment, Folded
from shared.models.entry import Entry, Returned, Submission
from shared.models.scorecard import Assessment, Contribution, Scorecard
from shared.scoring.contribution import contribute
from shared.scoring.digest import canonical
from shared.scoring.fold import fold
from shared.scoring.gates import by_score
from tests.builders import (
    PERIOD,
    History,
    a_cancellation,
    a_contribution,
    a_return,
    a_scheme,
    a_scorecard,
    an_assessment,
    assigned,
    assignment_id,
    delivered,
    folded_of,
    full_marks,
)
from tests.strategies import (
    assignments,
    fresh_ids,
    generals,
    histories,
    moments,
    returns,
    submissions,
    withdrawals,
    without_returns_of,
    workloads,
)

SCHEME = a_scheme()
Workload = list[tuple[Assignment, History]]


def contributions_of(workload: Workload) -> dict[str, Contribution]:
    return {
        assignment_id(f"w{number}"): contribute(
            assignment.model_copy(update={"folded": folded_of(history)}), SCHEME
        )
        for number, (assignment, history) in enumerate(workload)
    }


def recomputed(workload: Workload, general: dict[str, int] | None = None) -> Scorecard:
    path = [unit for assignment, _ in workload for unit in assignment.path]
    return a_scorecard(path=path, contributions=contributions_of(workload), general=general)


def points(workload: Workload) -> int | None:
    return a_scorecard(contributions=contributions_of(workload)).points("task")


def never_raises(before: int | None, after: int | None) -> bool:
    """Points before and after, where the work that was asked for stays the same."""
    if before is None or after is None:
        return before is after
    return after <= before


@pytest.mark.parametrize("packaging", ["ten rows of one", "one row of ten"])
def test_the_same_clean_work_scores_the_same_however_it_is_packed(packaging: str) -> None:
    rows = {
        "ten rows of one": [a_contribution(delivered())] * 9 + [a_contribution()],
        "one row of ten": [a_contribution(delivered(9), quantity=10)],
    }
    assert a_scorecard(*rows[packaging]).points("task") == 6300


def test_all_done_clean_is_70_and_with_full_marks_100() -> None:
    card = a_scorecard(*[a_contribution(delivered())] * 5)
    assert (card.points("task"), card.total, card.rating) == (7000, 10_000, "excellent")


def test_heavier_work_weighs_more() -> None:
    card = a_scorecard(a_contribution(delivered(), k=3000), a_contribution(k=1000))
    assert card.share("a") == 7500


@pytest.mark.parametrize(
    ("total", "rating"),
    [
        (10_000, "excellent"),
        (9000, "excellent"),
        (8999, "good"),
        (7000, "good"),
        (6999, "completed"),
        (5000, "completed"),
        (4999, "not_completed"),
        (0, "not_completed"),
    ],
)
def test_a_band_begins_at_its_threshold(total: int, rating: str) -> None:
    assert by_score(total, SCHEME) == rating


def test_without_assigned_work_the_data_are_insufficient_not_zero() -> None:
    card = a_scorecard()
    assert card.standing == "insufficient_data"
    assert card.points("general") == 3000
    assert [card.points(node) for node in ("a", "b", "c", "task", "total")] == [None] * 5
    assert (card.total, card.rating) == (None, None)


def test_when_all_work_was_withdrawn_the_data_are_insufficient_too() -> None:
    withdrawn = a_contribution({"c1": a_cancellation(), "r1": a_return()})
    card = a_scorecard(withdrawn)
    assert (card.standing, card.points("task"), card.rating) == ("insufficient_data", None, None)


def test_assigned_and_nothing_done_is_a_zero_that_was_earned() -> None:
    card = a_scorecard(a_contribution())
    assert (card.standing, card.points("task"), card.total) == ("rated", 0, 3000)
    assert card.rating == "not_completed"


def test_not_assessed_is_not_zero() -> None:
    unseen = a_scorecard(a_contribution(delivered()), general=None)
    zero = a_scorecard(a_contribution(delivered()), general=full_marks(0))
    assert (unseen.standing, unseen.points("general")) == ("not_assessed", None)
    assert (unseen.total, unseen.rating, unseen.points("task")) == (None, None, 7000)
    assert (zero.standing, zero.points("general"), zero.total) == ("rated", 0, 7000)


@pytest.mark.parametrize(
    "general",
    [
        full_marks() | {"conduct": 1001},
        full_marks() | {"charm": 0},
        {"conduct": 1000},
        {"charm": 5, "conduct": 2000},
    ],
    ids=["above its maximum", "unknown", "missing", "all at once"],
)
def test_scores_are_neither_capped_nor_filled_in(general: dict[str, int]) -> None:
    card = a_scorecard(a_contribution(delivered()), general=general)
    assert (card.points("general"), card.total, card.standing) == (None, None, "not_assessed")
    assert card.assessments[PERIOD].criteria == general


def test_scores_within_their_maxima_are_added_as_they_are() -> None:
    given = {"conduct": 1000, "competence": 999, "initiative": 1}
    card = a_scorecard(a_contribution(), general=given)
    assert (card.points("general"), card.total) == (2000, 2000)


def test_who_was_away_throughout_is_on_leave_and_has_no_score() -> None:
    away = an_assessment(full_marks(), away=True)
    card = a_scorecard(a_contribution(), assessments=away)
    assert (card.standing, card.total, card.rating, card.nodes) == ("on_leave", None, None, {})
    assert card.work.assigned == 0
    assert card.contributions.keys() == {assignment_id("w0")}


def test_an_assessment_that_says_nothing_is_not_kept() -> None:
    assert a_scorecard(assessments={PERIOD: Assessment()}).assessments == {}


def test_the_path_names_each_unit_once() -> None:
    assert a_scorecard(path=["b", "a", "b"]).path == ["a", "b"]


# What holds for all work


@given(workloads, generals)
def test_every_score_is_within_its_bounds(
    workload: Workload, general: dict[str, int] | None
) -> None:
    card = recomputed(workload, general)
    assert Scorecard.model_validate(card.fields()) == card
    rated = card.standing == "rated"
    assert (card.rating is not None) is (card.total is not None) is (card.gate is not None) is rated
    a, b, c, points = card.share("a"), card.share("b"), card.share("c"), card.points("task")
    if a is None or b is None or c is None or points is None:
        assert card.work.assigned_weight == 0
        return
    assert 0 <= b <= a <= 10_000
    assert 0 <= c <= a
    assert 0 <= points <= 7000
    assert card.total is None or points <= card.total <= 10_000


@given(workloads, assignments, histories, fresh_ids, returns)
def test_another_return_never_raises_the_points(
    others: Workload, assignment: Assignment, history: History, key: str, returned: Returned
) -> None:
    before, after = history, {**history, key: returned}
    assert never_raises(
        points([*others, (assignment, before)]), points([*others, (assignment, after)])
    )


@given(workloads, assignments, histories, submissions, moments)
def test_delivering_later_never_raises_the_points(
    others: Workload, assignment: Assignment, history: History, sent: Submission, moment: datetime
) -> None:
    unfailed = without_returns_of("e0", history)
    later = sent.model_copy(update={"at": max(sent.at, moment)})
    before, after = {**unfailed, "e0": sent}, {**unfailed, "e0": later}
    assert never_raises(
        points([*others, (assignment, before)]), points([*others, (assignment, after)])
    )


@given(workloads, assignments, histories, fresh_ids, withdrawals)
def test_withdrawing_keeps_the_points_within_bounds(
    others: Workload, assignment: Assignment, history: History, key: str, withdrawal: Entry
) -> None:
    after = points([*others, (assignment, {**history, key: withdrawal})])
    assert after is None or 0 <= after <= 7000


@given(workloads, generals, st.data())
def test_the_order_of_contributions_makes_no_difference(
    workload: Workload, general: dict[str, int] | None, data: st.DataObject
) -> None:
    rows = contributions_of(workload)
    shuffled = dict(data.draw(st.permutations(list(rows.items()))))
    one = a_scorecard(contributions=rows, general=general)
    other = a_scorecard(contributions=shuffled, general=general)
    assert repr(one.fields()) == repr(other.fields())


@given(workloads, generals, st.data())
def test_live_equals_recomputed_byte_for_byte(
    workload: Workload, general: dict[str, int] | None, data: st.DataObject
) -> None:
    """Entries come one at a time, in any order and more than once, by way of the store."""
    workload = [(work, {**history, "assigned": assigned()}) for work, history in workload]
    truth = recomputed(workload, general)
    events = [(place, key) for place, (_, history) in enumerate(workload) for key in history]
    events += data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    order = data.draw(st.permutations(events))
    live = Live(workload)
    live.appraise_after(data.draw(st.integers(0, len(order))), order, an_assessment(general))
    assert canonical(live.card.fields()) == canonical(truth.fields())


class Live:
    """Scorecards as the triggers keep them: one contribution replaced at a time."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.folded = [Folded()] * len(workload)
        self.card = a_scorecard(path=[], assessments={})

    def appraise_after(
        self, turn: int, order: list[tuple[int, str]], assessments: dict[str, Assessment]
    ) -> None:
        for place, key in order[:turn]:
            self.fold_in(place, key)
        self.rescore(assessments=assessments)
        for place, key in order[turn:]:
            self.fold_in(place, key)

    def fold_in(self, place: int, key: str) -> None:
        assignment, history = self.workload[place]
        before = Folded.model_validate(self.folded[place].fields())
        self.folded[place] = fold(before, key, history[key])
        assignment = assignment.model_copy(update={"folded": self.folded[place]})
        replacing = {assignment_id(f"w{place}"): contribute(assignment, SCHEME)}
        self.rescore(
            path=[*self.card.path, *assignment.path],
            contributions={**self.card.contributions, **replacing},
        )

    def rescore(self, **changes: object) -> None:
        known = ("path", "contributions", "assessments")
        standing = {name: getattr(self.card, name) for name in known}
        card = a_scorecard(**(standing | changes))
        self.card = Scorecard.model_validate(card.fields())
