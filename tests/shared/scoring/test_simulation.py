"""Who moves where under another scheme, and which gate or node is why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.assignment import Assignment
from shared.models.scheme import Scheme
from shared.models.scorecard import Assessment, Capacity, Scorecard
from shared.models.simulation import Cause, Simulation
from shared.scoring.contribution import contribute
from shared.scoring.replay import carried, supposing
from shared.scoring.scorecard import score
from shared.scoring.simulation import Pair, compare
from tests.builders import (
    DAY,
    DUE,
    PERIOD,
    UNIT,
    a_return,
    a_scheme,
    an_assignment,
    an_override,
    delivered,
    full_marks,
)

DECREE = a_scheme()


def altered(**changes: Any) -> Scheme:
    return a_scheme(ref="other@1", **changes)


def penalties(per_late: int = 25, per_fail: int = 25) -> dict[str, Any]:
    return {**DECREE.fields()["penalties"], "per_late": per_late, "per_fail": per_fail}


def bands(excellent: int, good: int = 7000) -> dict[str, Any]:
    ratings: dict[str, Any] = DECREE.fields()["ratings"]
    ratings["bands"][0]["at_least"], ratings["bands"][1]["at_least"] = excellent, good
    return ratings


def gates(name: str, **changes: Any) -> list[dict[str, Any]]:
    return [one | changes if one["id"] == name else one for one in DECREE.fields()["gates"]]


def late(number: int, of: int) -> list[Assignment]:
    when = [DUE + DAY] * number + [DUE - DAY] * (of - number)
    return [an_assignment(delivered(at=at)) for at in when]


@dataclass(frozen=True)
class Played:
    """One person's facts, to be scored under any scheme."""

    uid: str
    work: dict[str, Assignment]
    assessment: Assessment
    capacity: Capacity

    def card(self, scheme: Scheme) -> Scorecard:
        return score(
            period=PERIOD,
            official=self.uid,
            scheme=scheme,
            path=[UNIT],
            contributions={name: contribute(one, scheme) for name, one in self.work.items()},
            assessments={PERIOD: self.assessment},
            capacity=self.capacity,
        )

    def pair(self, old: Scheme, new: Scheme, suppose: int | None = None) -> Pair:
        before, after = self.card(old), carried(self.card(new), old, new)
        return Pair(
            self.uid.title(), UNIT, supposing(before, old, suppose), supposing(after, new, suppose)
        )


def played(
    work: Sequence[Assignment], points: int | None = 1000, *, uid: str = "an", **known: Any
) -> Played:
    return Played(
        uid,
        {f"{PERIOD}_{UNIT}_{uid}_w{n}": one for n, one in enumerate(work)},
        capacity=Capacity(party_member=known.pop("party_member", False)),
        assessment=Assessment(
            **{"criteria": {} if points is None else full_marks(points), **known}
        ),
    )


def simulate(
    *people: Played, new: Scheme, suppose: int | None = None, old: Scheme = DECREE, **more: Any
) -> Simulation:
    pairs = [one.pair(old, new, suppose) for one in people]
    return compare(pairs, old, new, period=PERIOD, suppose=suppose, **more)


def only_cause(found: Simulation) -> Cause:
    (change,) = found.changes
    assert change.cause is not None
    return change.cause


def rows(found: Simulation) -> list[tuple[str, str, int]]:
    return [(cell.before, cell.after, cell.officials) for cell in found.table]


def test_a_node_that_costs_more_pulls_down_and_is_named_with_its_shares() -> None:
    """Five of five late: c from 75 to 50 per cent; 30 + 64.17 was excellent, 58.33 is good."""
    found = simulate(played(late(5, of=5)), new=altered(penalties=penalties(per_late=50)))
    cause = only_cause(found)
    assert rows(found) == [("excellent", "good", 1)]
    assert (cause.kind, cause.id, cause.before, cause.after) == ("node", "c", 7500, 5000)
    assert cause.words.en == (
        "c: progress: 75.00 % → 50.00 %, adds 17.50 → 11.67 points; "
        "total 94.17 (Excellent) → 88.33 (Good)"
    )
    assert cause.words.vi == (
        "c: tiến độ: 75.00 % → 50.00 %, góp 17.50 → 11.67 điểm; "
        "tổng 94.17 (Hoàn thành xuất sắc nhiệm vụ) → 88.33 (Hoàn thành tốt nhiệm vụ)"
    )


def test_a_node_that_costs_less_lifts() -> None:
    lifted = simulate(played(late(5, of=5), 800), new=altered(penalties=penalties(per_late=0)))
    assert (rows(lifted), only_cause(lifted).id) == ([("good", "excellent", 1)], "c")


def test_of_two_nodes_the_one_that_costs_more_points_is_the_cause() -> None:
    both = an_assignment({**delivered(at=DUE + DAY), "r": a_return(faults=1)})
    found = simulate(
        played([both], 400), new=altered(penalties=penalties(per_late=35, per_fail=60))
    )
    assert only_cause(found).id == "b"


def test_bands_that_moved_are_the_cause_when_the_total_would_have_moved_nobody() -> None:
    found = simulate(played(late(5, of=5)), new=altered(ratings=bands(excellent=9500)))
    cause = only_cause(found)
    assert (rows(found), cause.kind) == ([("excellent", "good", 1)], "threshold")
    assert "threshold of Excellent: 90.00 → 95.00; total 94.17" in cause.words.en
    up = simulate(played(late(5, of=5), 850), new=altered(ratings=bands(excellent=8000)))
    assert (rows(up), only_cause(up).kind) == ([("good", "excellent", 1)], "threshold")


def test_a_gate_that_now_decides_is_the_cause_with_what_it_measured() -> None:
    gate = gates("on-time", applies_to="all")
    found = simulate(played(late(1, of=5)), new=altered(gates=gate))
    cause = only_cause(found)
    assert rows(found) == [("excellent", "completed", 1)]
    assert (cause.kind, cause.id, cause.before, cause.after) == ("gate", "on-time", 8000, 8000)
    assert "not a party member" in cause.words.en
    assert "80.00 % on time, ≥ 100 % needed: Completed at most" in cause.words.en


def test_a_gate_that_no_longer_holds_somebody_down_is_the_cause() -> None:
    eased = gates("on-time", condition={"kind": "at_least", "pace": "on_time", "percent": 80})
    member = played(late(1, of=5), party_member=True)
    beyond = [one for one in eased if one["id"] != "beyond"]
    cause = only_cause(simulate(member, new=altered(gates=beyond)))
    assert (cause.kind, cause.id, cause.before, cause.after) == ("gate", "on-time", 8000, 8000)


def test_a_gate_that_is_gone_is_said_to_be_gone() -> None:
    disciplined = played(late(0, of=1), overrides=[an_override()])
    cause = only_cause(simulate(disciplined, new=altered(gates=[])))
    assert (cause.kind, cause.id, cause.before) == ("gate", "discipline", None)
    assert cause.words.en.endswith("→ no such gate")


def test_a_gate_that_measures_nothing_at_all_shows_zero_not_unknown() -> None:
    cause = only_cause(
        simulate(played(late(5, of=5)), new=altered(gates=gates("on-time", applies_to="all")))
    )
    assert (cause.before, cause.after) == (0, 0)


def test_rounding_alone_is_named_when_no_component_changed() -> None:
    """89.99 to one place is 90.0."""
    general = {"conduct": 999, "competence": 1000, "initiative": 1000}
    one = played(late(0, of=1), criteria=general)
    ratings = bands(excellent=10_000)
    strict = a_scheme(ref="strict@1", ratings=ratings)
    rounding = DECREE.fields()["rounding"] | {"places": 1}
    rounder = a_scheme(ref="rounder@1", ratings=ratings, rounding=rounding)
    found = simulate(one, old=strict, new=rounder)
    assert (one.card(strict).total, one.card(strict).rating) == (9999, "good")
    assert (rows(found), only_cause(found).kind) == ([("good", "excellent", 1)], "rounding")


def test_a_rating_that_is_lost_names_the_component_that_is_missing() -> None:
    fields = DECREE.fields()
    fields["subjects"]["official"]["parts"][0]["criteria"][0]["id"] = "loyalty"
    found = simulate(played(late(0, of=1)), new=altered(subjects=fields["subjects"]))
    cause = only_cause(found)
    assert rows(found) == [("excellent", "not_assessed", 1)]
    assert (cause.kind, cause.id) == ("standing", "general")
    assert cause.words.en.startswith("new scheme: General criteria: the head has not scored")


def test_without_a_total_only_the_nodes_are_compared_and_that_is_said() -> None:
    new = altered(penalties=penalties(per_late=50))
    found = simulate(played(late(1, of=5), None), new=new)
    (change,) = found.changes
    assert (rows(found), change.cause) == ([("not_assessed", "not_assessed", 1)], None)
    assert (change.nodes_before["c"].share, change.nodes_after["c"].share) == (9500, 9000)
    assert sorted(change.nodes_after) == ["c", "task"]
    assert "1 were not assessed" in found.notes[0].en


def test_a_supposed_score_gives_ratings_and_is_said_to_be_supposed() -> None:
    new = altered(penalties=penalties(per_late=50))
    found = simulate(played(late(5, of=5), None), new=new, suppose=100)
    assert rows(found) == [("excellent", "good", 1)]
    assert [note.en for note in found.notes] == [
        "Supposed: whoever nobody has scored has 100 % of every criterion."
    ]


def test_an_open_period_says_that_work_is_still_to_come() -> None:
    found = simulate(played(late(0, of=1)), new=DECREE, state="open")
    assert "still counts as not done" in found.notes[0].en


def test_distributions_are_given_before_and_after() -> None:
    people = [played(late(number, of=4), uid=f"o{number}") for number in range(5)]
    found = simulate(*people, new=altered(penalties=penalties(per_late=100)))
    spread = next(one for one in found.spreads if one.id == "c")
    assert spread.before is not None
    assert spread.after is not None
    assert [*spread.before.fields().values()] == [5, 7500, 8125, 8750, 9375, 10_000]
    assert [*spread.after.fields().values()] == [5, 0, 2500, 5000, 7500, 10_000]
    assert found.spreads[0].id == "total"


@given(
    st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 1000)), max_size=6),
    st.integers(0, 100),
    st.integers(7001, 10_000),
)
def test_everybody_is_in_the_table_once_and_whoever_moves_has_a_cause(
    people: list[tuple[int, int | None]], per_late: int, excellent: int
) -> None:
    everybody = [
        played(late(number, of=4), points, uid=f"o{place}")
        for place, (number, points) in enumerate(people)
    ]
    new = altered(penalties=penalties(per_late=per_late), ratings=bands(excellent))
    found = simulate(*everybody, new=new)
    assert sum(cell.officials for cell in found.table) == found.officials == len(people)
    moved = sum(cell.officials for cell in found.table if cell.before != cell.after)
    assert moved == sum(change.cause is not None for change in found.changes)
    for change in found.changes:
        assert (change.cause is None) == (change.before.label == change.after.label)


@pytest.mark.parametrize("scheme", [DECREE, altered(penalties=penalties(per_late=99))])
def test_the_same_question_gives_the_same_bytes(scheme: Scheme) -> None:
    people = [played(late(number, of=4), uid=f"o{number}") for number in range(5)]
    first, second = (simulate(*order, new=scheme) for order in (people, people[::-1]))
    assert first.model_dump_json() == second.model_dump_json()
