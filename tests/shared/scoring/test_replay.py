"""The same facts under another scheme: weighed anew, scores carried by their share."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.models.assignment import Assignment
from shared.models.scheme import Scheme
from shared.models.scorecard import Assessment, Scorecard
from shared.scoring.contribution import contribute
from shared.scoring.replay import carried, supposing
from shared.scoring.scorecard import score
from shared.usecases.schemes import shipped
from tests.builders import (
    DAY,
    DUE,
    OFFICIAL,
    PERIOD,
    a_scheme,
    an_assignment,
    assignment_id,
    delivered,
    folded_of,
    full_marks,
)
from tests.strategies import generals, workloads

LOCAL = shipped("decree-335-local@1")
DECREE = a_scheme()


def twice_per_late(**more: Any) -> Scheme:
    penalties = {**DECREE.fields()["penalties"], "per_late": 50}
    return a_scheme(ref="decree-335-late@1", penalties=penalties, **more)


def a_card(work: dict[str, Assignment], scheme: Scheme = DECREE, **assessment: Any) -> Scorecard:
    return score(
        period=PERIOD,
        official=OFFICIAL,
        scheme=scheme,
        path=["tinh"],
        contributions={name: contribute(one, scheme) for name, one in work.items()},
        assessments={PERIOD: Assessment(**assessment)},
    )


def late_work() -> dict[str, Assignment]:
    return {assignment_id(): an_assignment(delivered(at=DUE + DAY))}


def replay(card: Scorecard, work: dict[str, Assignment], new: Scheme) -> Scorecard:
    """As `simulate` does: scored under the other scheme, and its scores carried over."""
    raw = a_card(work, new, **card.assessments.get(PERIOD, Assessment()).fields())
    return carried(raw, DECREE, new)


@given(workloads, generals)
def test_under_the_same_scheme_everything_stays(
    work: list[Any], criteria: dict[str, int] | None
) -> None:
    named = {
        assignment_id(f"w{n}"): one.model_copy(update={"folded": folded_of(history)})
        for n, (one, history) in enumerate(work)
    }
    card = a_card(named, criteria=dict(sorted((criteria or {}).items())))
    again = replay(card, named, DECREE)
    shown = {"nodes", "total", "rating", "gate", "standing", "work", "contributions"}
    assert again.model_dump(include=shown) == card.model_dump(include=shown)


def test_a_lateness_costs_what_the_other_scheme_says() -> None:
    card = a_card(late_work())
    again = replay(card, late_work(), twice_per_late())
    assert (card.share("c"), again.share("c")) == (7500, 5000)


def test_scores_keep_their_share_of_another_scale() -> None:
    card = a_card(late_work(), criteria=full_marks(900))
    again = replay(card, late_work(), LOCAL)
    assert again.assessments[PERIOD].criteria == {
        "conduct": 1170,
        "competence": 1080,
        "initiative": 450,
    }
    assert (card.share("general"), again.share("general")) == (9000, 9000)


def test_scores_that_did_not_count_do_not_count_elsewhere() -> None:
    """1200 of 1000 was no score, and is none on a scale to 1300 either."""
    card = a_card(late_work(), criteria={**full_marks(), "conduct": 1200})
    again = replay(card, late_work(), LOCAL)
    assert (card.standing, again.standing) == ("not_assessed", "not_assessed")
    stranger = a_card(late_work(), criteria={**full_marks(), "charm": 5})
    assert replay(stranger, late_work(), LOCAL).standing == "not_assessed"


def test_a_criterion_that_nobody_scored_leaves_no_rating() -> None:
    fields = DECREE.fields()
    fields["subjects"]["official"]["parts"][0]["criteria"][0]["id"] = "loyalty"
    other = a_scheme(**{**fields, "ref": "other@1"})
    card = a_card(late_work(), criteria=full_marks())
    assert card.standing == "rated"
    assert replay(card, late_work(), other).standing == "not_assessed"


def test_supposing_scores_only_whom_nobody_has_scored() -> None:
    unscored, scored = a_card(late_work()), a_card(late_work(), criteria=full_marks(500))
    assert supposing(scored, DECREE, 100) == scored
    assert supposing(unscored, DECREE, None) == unscored
    best = supposing(unscored, DECREE, 100)
    assert (best.share("general"), best.total) == (10_000, 9417)
    assert supposing(unscored, DECREE, 0).share("general") == 0


def test_supposing_changes_no_other_state() -> None:
    nothing_assigned = a_card({})
    away = a_card({}, away=True)
    assert supposing(nothing_assigned, DECREE, 100) == nothing_assigned
    assert supposing(away, DECREE, 100) == away


@given(st.integers(0, 100))
def test_what_is_supposed_is_on_the_scale(percent: int) -> None:
    assert supposing(a_card(late_work()), LOCAL, percent).standing == "rated"
