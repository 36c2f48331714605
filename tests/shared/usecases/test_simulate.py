"""What if, through the units: what follows from others' ratings follows under the other scheme."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import refs
from shared.errors import RefusedError
from shared.models.scheme import Scheme
from shared.models.simulation import Change, Simulation
from shared.ports import put
from shared.usecases.calendar import bounds
from shared.usecases.simulate import SimulateRequest, replay_period
from tests.builders import (
    DAY,
    PERIOD,
    a_period,
    a_posting,
    a_scheme,
    an_appraisal,
    an_assignment,
    an_official,
    delivered,
)
from tests.province import UNITS, Place, a_place

SERVING = [("an", 0, {}), ("chi", 2, {}), ("em", 1, {}), ("truong-1", 2, {"duty": "head"})]


def with_bands(good: int, completed: int) -> Scheme:
    ratings = a_scheme().fields()["ratings"]
    ratings["bands"][1]["at_least"], ratings["bands"][2]["at_least"] = good, completed
    return a_scheme(ref="other@1", ratings=ratings)


def simulate(place: Place, scheme: str | Scheme, **more: Any) -> Simulation:
    request = SimulateRequest(period=PERIOD, scheme=scheme, **more)
    return replay_period(place.store, place.schemes, request)


def change_of(found: Simulation, uid: str) -> Change:
    (change,) = (one for one in found.changes if one.official == uid)
    return change


def test_d_of_heads_and_deputies_follows_from_the_ratings_under_the_other_scheme() -> None:
    """An has 30 of 100: not completed from 50 up, completed from 20 up, and so d is met."""
    found = simulate(a_place(), with_bands(good=7000, completed=2000))
    assert (change_of(found, "an").before.label, change_of(found, "an").after.label) == (
        "not_completed",
        "completed",
    )
    for uid in ("truong-1", "giam-doc", "pho-1"):
        change = change_of(found, uid)
        assert (change.nodes_before["d"].share, change.nodes_after["d"].share) == (5000, 10_000)
    assert {one.official for one in found.changes} == {"an", "truong-1", "giam-doc", "pho-1"}


def test_a_closed_period_under_its_own_scheme_changes_nobody() -> None:
    place = a_place()
    written = len(place.store.written)
    assert simulate(place, place.scheme.ref).changes == []
    assert len(place.store.written) == written


def test_a_part_of_the_tree_rests_on_what_lies_below_it() -> None:
    place = a_place()
    whole, part = (simulate(place, with_bands(7000, 2000), unit=unit) for unit in (None, "p1"))
    assert {one.unit for one in part.changes} == {"p1"}
    assert [one for one in whole.changes if one.unit == "p1"] == part.changes


def test_who_is_supposed_to_have_scores_counts_for_those_above() -> None:
    """With nothing of the 30, An has 70 points: completed from 50 up, not from 71 up."""
    place, other = Place(), with_bands(good=8000, completed=7100)
    place.serve("an", "p1", 2, score=False)
    place.serve("truong-1", "p1", 2, duty="head")
    assert simulate(place, other).changes == []
    change = change_of(simulate(place, other, suppose=0), "truong-1")
    assert (change.nodes_before["d"].share, change.nodes_after["d"].share) == (10_000, 5000)


def test_what_nobody_has_published_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        simulate(a_place(), "none@1")
    assert refused.value.faults[0].field == "scheme"


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.sampled_from(SERVING), unique_by=lambda one: one[0], min_size=1),
    st.integers(20, 80).map(lambda points: 100 * points),
    st.integers(1, 9).map(lambda points: 100 * points),
)
def test_it_is_what_a_close_under_the_other_scheme_would_have_been(
    serving: list[tuple[str, int, dict[str, Any]]], completed: int, more: int
) -> None:
    other = with_bands(completed + more, completed)
    old, new = Place(), Place(other)
    for place in (old, new):
        for uid, done, duty in serving:
            place.serve(uid, "p1", done, **duty)
    found = simulate(old, other)
    new.close()
    cards = [new.card(uid) for uid, *_ in serving]
    after: Counter[str] = Counter()
    for cell in found.table:
        after[cell.after] += cell.officials
    assert after == Counter(card.rating or card.standing for card in cards)
    for change in found.changes:
        card = new.card(change.official)
        assert (change.after.total, change.after.label) == (card.total, card.rating)


MONTHS = ["2026-10", "2026-11"]
QUARTER = "2026-Q4"


def a_quarter() -> Place:
    """An late in October, on time in November; both months rated, pooled in a quarter."""
    place = Place()
    place.store.commit(
        [
            put(
                refs.officials("an"),
                an_official(unit="p1", units=["p1"], postings=[a_posting(unit="p1")]),
            )
        ]
    )
    for month, late in zip(MONTHS, (True, False), strict=True):
        start, end = bounds(month, "Asia/Ho_Chi_Minh")
        due = start + 10 * DAY
        name = refs.assignment_id(month, "p1", "an", "w")
        work = an_assignment(
            period=month, unit="p1", path=UNITS["p1"].path, due=due, period_end=end
        )
        at = due + DAY if late else due - DAY
        appraisal = an_appraisal(period=month)
        place.store.commit(
            [
                put(refs.periods(month), a_period(id=month, start=start, end=end, closes_at=end)),
                put(refs.assignments(name), work),
                *(put(refs.entries(name)(key), one) for key, one in delivered(at=at).items()),
                put(refs.appraisal(month, "an"), appraisal),
            ]
        )
    quarter = a_period(id=QUARTER, kind="quarter", parts=MONTHS, state="review")
    place.store.commit([put(refs.periods(QUARTER), quarter)])
    return place


def harsher() -> Scheme:
    penalties = {**a_scheme().fields()["penalties"], "per_late": 100}
    return a_scheme(ref="harsher@1", penalties=penalties)


def test_a_quarter_is_replayed_from_the_work_of_its_months() -> None:
    """c: (75 + 100) / 2 under the decree, (0 + 100) / 2 when a lateness takes all."""
    place = a_quarter()
    request = SimulateRequest(period=QUARTER, scheme=harsher())
    found = replay_period(place.store, place.schemes, request)
    (change,) = found.changes
    assert (found.officials, found.assignments, change.official) == (1, 2, "an")
    assert (change.nodes_before["c"].share, change.nodes_after["c"].share) == (8750, 5000)
    same = SimulateRequest(period=QUARTER, scheme=place.scheme.ref)
    assert replay_period(place.store, place.schemes, same).changes == []


def test_a_quarter_of_too_much_work_is_refused_by_the_work_of_its_months() -> None:
    place = a_quarter()
    request = SimulateRequest(period=QUARTER, scheme=harsher())
    with pytest.raises(RefusedError, match="2 assignments, and at most 1"):
        replay_period(place.store, place.schemes, request, most=1)
