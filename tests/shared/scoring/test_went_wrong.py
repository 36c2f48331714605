"""The check cases of the law's arithmetic, and what went wrong where others scored people."""

import pytest

from shared.models.scheme import Rating
from shared.models.scorecard import Assessment, Capacity, Scorecard
from shared.scoring.rollup import pool
from tests.builders import (
    DAY,
    DUE,
    OFFICIAL,
    PERIOD,
    a_contribution,
    a_return,
    a_scheme,
    a_scorecard,
    a_submission,
    an_assessment,
    an_exemption,
    an_override,
    assignment_id,
    delivered,
    full_marks,
)

SCHEME = a_scheme()

# The check cases


def test_of_five_assigned_one_done_clean_gives_14_of_70() -> None:
    card = a_scorecard(a_contribution(delivered()), *[a_contribution()] * 4)
    assert card.points("task") == 1400
    assert [card.share(node) for node in "abc"] == [2000, 2000, 2000]


def test_of_ten_assigned_nine_done_one_late_and_one_failed_gives_61_83_of_70() -> None:
    clean = [a_contribution(delivered())] * 7
    late = a_contribution(delivered(at=DUE + DAY))
    failed = a_contribution(delivered() | {"r1": a_return()})
    card = a_scorecard(*clean, late, failed, a_contribution())
    assert [card.share(node) for node in "abc"] == [9000, 8750, 8750]
    assert card.points("task") == 6183


def test_a_head_is_scored_by_six_shares() -> None:
    """(.90 + .875 + .875 + 1 + .5 + 1) / 6 × 70 = 60.08."""
    clean = [a_contribution(delivered())] * 7
    late = a_contribution(delivered(at=DUE + DAY))
    failed = a_contribution(delivered() | {"r1": a_return()})
    said = an_assessment(full_marks(), statements={"d": "yes", "dd": "no", "e": "yes"})
    head = Capacity(subject="head")
    card = a_scorecard(*clean, late, failed, a_contribution(), assessments=said, capacity=head)
    assert (card.points("task"), card.total, card.rating) == (6008, 9008, "excellent")


def test_several_identical_units_lose_a_quarter_of_a_unit_per_error() -> None:
    """K·(qty - 0.25·min(errors, 4·qty)) = 3 - 0.25·2."""
    row = a_contribution(delivered(quantity=3) | {"r": a_return(faults=2)}, quantity=3)
    assert a_scorecard(row).share("b") == 8333


def test_nothing_assigned_is_insufficient_data() -> None:
    card = a_scorecard()
    assert (card.standing, card.total, card.rating) == ("insufficient_data", None, None)


def test_a_confirmed_objective_cause_deducts_nothing() -> None:
    waived = an_exemption(lates_waived=1, faults_waived=1)
    row = a_contribution(delivered(at=DUE + DAY) | {"r1": a_return(), "d1": waived})
    assert a_scorecard(row).points("task") == 7000


# The task part always showed 70/70; the denominator came from self-declared work


def test_self_declared_work_never_gives_70_of_70() -> None:
    """The denominator is what was assigned; what nobody accepted does not count."""
    declared = {f"s{number}": a_submission(quantity=1000) for number in range(50)}
    card = a_scorecard(a_contribution(declared), a_contribution(declared, quantity=5))
    assert (card.points("task"), card.work.assigned) == (0, 6)


def test_delivering_more_than_was_assigned_does_not_make_up_for_other_work() -> None:
    diligent = a_contribution(delivered(10, quantity=100))
    assert a_scorecard(diligent, a_contribution()).share("a") == 5000


def test_the_task_part_follows_the_work() -> None:
    """Every further product accepted moves it: it is never the same whatever is typed."""
    points = [
        a_scorecard(*[a_contribution(delivered())] * done, *[a_contribution()] * (7 - done)).points(
            "task"
        )
        for done in range(8)
    ]
    assert points == [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]


# 89.99 against 90.0 changed ratings


@pytest.mark.parametrize(
    ("done", "assigned", "total", "rating"),
    [
        (11_998, 14_000, 8999, "good"),
        (119_989, 140_000, 8999, "good"),
        (11_999, 14_000, 9000, "excellent"),
        (6_000, 7_000, 9000, "excellent"),
    ],
    ids=["89.99", "89.99495", "89.995", "90.00"],
)
def test_thresholds_are_compared_after_one_rounding_half_up(
    done: int, assigned: int, total: int, rating: Rating
) -> None:
    """Full marks give 30.00, the share done of 70 the rest."""
    rows = [a_contribution(delivered(), k=done), a_contribution(k=assigned - done)]
    card = a_scorecard(*rows)
    assert (card.total, card.rating) == (total, rating)


def test_parts_are_not_rounded_before_the_total_is() -> None:
    """Three thirds are a whole: 23.33 + 23.33 + 23.33 would be 69.99."""
    card = a_scorecard(a_contribution(delivered()))
    assert sum(card.points(node) or 0 for node in "abc") == 6999
    assert (card.points("task"), card.total) == (7000, 10_000)


# No "not assessed" state: maternity leave read as zero; a hidden cap gave top ratings


def test_somebody_on_leave_throughout_is_no_zero() -> None:
    card = a_scorecard(assessments=an_assessment(away=True))
    assert (card.standing, card.total, card.rating) == ("on_leave", None, None)


def test_somebody_on_leave_with_work_still_assigned_is_no_zero_either() -> None:
    card = a_scorecard(*[a_contribution()] * 5, assessments=an_assessment(away=True))
    assert (card.standing, card.total, card.rating) == ("on_leave", None, None)


def test_somebody_whom_nobody_scored_is_not_assessed() -> None:
    card = a_scorecard(a_contribution(delivered()), general=None)
    assert (card.standing, card.total, card.rating) == ("not_assessed", None, None)


def test_a_score_above_its_maximum_is_refused_and_never_capped() -> None:
    above = full_marks() | {"conduct": 1001}
    card = a_scorecard(a_contribution(delivered()), general=above)
    assert (card.standing, card.total, card.points("general")) == ("not_assessed", None, None)


def test_what_one_says_of_oneself_never_scores() -> None:
    """It stands beside the head's scores, to be seen; only those are an input."""
    modest, proud = (
        a_scorecard(
            a_contribution(delivered()), assessments=an_assessment(full_marks(700), own=own)
        )
        for own in (full_marks(0), full_marks(1000))
    )
    assert (modest.total, modest.nodes) == (proud.total, proud.nodes)
    unscored = a_scorecard(
        a_contribution(delivered()), assessments=an_assessment({}, own=full_marks())
    )
    assert unscored.standing == "not_assessed"


# 80 people in the wrong unit for a month; a switch from months to quarters


def test_work_for_two_units_is_one_score_over_all_of_it() -> None:
    rows = {
        f"{PERIOD}_{unit}_{OFFICIAL}_w": a_contribution(history)
        for unit, history in (("p1", delivered()), ("p2", {}))
    }
    card = a_scorecard(contributions=rows, path=["p1", "p2"])
    assert (card.share("a"), card.path) == (5000, ["p1", "p2"])


def test_a_mid_year_switch_from_months_to_quarters_loses_no_work() -> None:
    def part(period: str, work: int) -> Scorecard:
        rows = {f"{period}_p1_{OFFICIAL}_w{n}": a_contribution(delivered()) for n in range(work)}
        return a_scorecard(
            period=period, contributions=rows, assessments={period: Assessment(criteria=marks)}
        )

    marks = full_marks(800)
    parts = [part(f"2026-{month:02}", 2) for month in range(1, 7)]
    parts += [part("2026-Q3", 6), part("2026-Q4", 0)]
    year = pool(parts, "2026", SCHEME)
    assert (year.work.done, year.points("task"), year.points("general")) == (18, 7000, 2400)


# Forced distributions, and facts that no score outweighs


def test_who_did_all_of_it_is_excellent_however_many_others_did_too() -> None:
    """Ratings follow from a person's own facts: nobody else's score is an input."""
    cards = [a_scorecard(a_contribution(delivered()), official=f"cb{n}") for n in range(19)]
    assert {card.rating for card in cards} == {"excellent"}


def test_a_reprimand_is_not_outweighed_and_the_score_is_left_as_it_is() -> None:
    said = an_assessment(full_marks(), overrides=[an_override().fields()])
    card = a_scorecard(a_contribution(delivered()), assessments=said)
    assert (card.total, card.rating, card.gate) == (10_000, "not_completed", "discipline")


def test_ninety_nine_per_cent_rated_alike_is_for_the_gates_to_tell_apart() -> None:
    """Clean, on time and nothing beyond requirement is good on the Party track, not excellent."""
    member = Capacity(party_member=True)
    card = a_scorecard(a_contribution(delivered()), capacity=member)
    assert (card.total, card.rating, card.gate) == (10_000, "good", "beyond")


def test_every_assignment_is_named_on_the_card_that_it_scores() -> None:
    card = a_scorecard(a_contribution(delivered()), a_contribution())
    assert card.contributions.keys() == {assignment_id("w0"), assignment_id("w1")}
