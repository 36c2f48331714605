"""What follows from others' ratings: children first, and again when they changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import refs
from shared.errors import NotYetError
from shared.models.entry import Assigned
from shared.models.unit import Unit
from shared.ports import Write, create, put
from shared.scoring.explanation import explain_unit
from shared.scoring.result import is_current, unit_digest
from shared.usecases.close import CloseTask, close, finalize
from shared.usecases.verify import verify
from tests.builders import (
    END,
    PERIOD,
    START,
    a_period,
    an_assignment,
    delivered,
)
from tests.closed import record
from tests.province import STATED, UNITS, Place, a_place, a_rated_unit


def test_d_follows_from_everybody_below() -> None:
    place = a_place()
    place.close()
    said = {uid: place.stated(uid) for uid in ("truong-1", "truong-2", "giam-doc")}
    assert said == {"truong-1": "no", "truong-2": "yes", "giam-doc": "no"}
    # (1 + 1 + 1 + .5 + 1 + 1) / 6 × 70 = 64.17
    assert [place.card(uid).points("task") for uid in said] == [6417, 7000, 6417]


def test_deputies_answer_for_their_field() -> None:
    place = a_place()
    place.serve("pho-3", "so", 2, duty="deputy", field=["em", "chi"])
    place.serve("pho-4", "so", 2, duty="deputy", field=["an", "em"])
    place.serve("pho-5", "so", 2, duty="deputy")
    place.serve("pho-6", "so", 2, duty="deputy", field=["nobody", "tinh"])
    place.close()
    said = [place.stated(f"pho-{number}") for number in range(1, 7)]
    assert said == ["no", "yes", "yes", "no", "no", None]


def test_who_has_no_rating_is_not_held_against_the_head() -> None:
    place = Place()
    place.serve("an", "p1", 2, score=False)
    place.serve("truong-1", "p1", 2, duty="head")
    place.close()
    assert place.stated("truong-1") is None
    assert place.card("truong-1").points("task") == 7000


def test_heads_who_followed_one_another_are_not_one_another_s_subordinates() -> None:
    place = Place()
    place.serve("cu", "p1", 0, duty="head", end=END)
    place.serve("moi", "p1", 2, duty="head")
    place.serve("an", "p1", 2)
    place.close()
    assert (place.stated("cu"), place.stated("moi")) == ("yes", "yes")


def test_below_counts_everybody_in_the_unit_and_under_it() -> None:
    place = a_place()
    place.close()
    assert place.total("p1").below == {"excellent": 2, "not_completed": 1}
    assert place.total("so").below == {"excellent": 7, "not_completed": 1}
    assert place.total("tinh").below == place.total("so").below
    assert place.total("tinh").officials == 0


def test_live_scorecards_carry_no_d_and_have_not_drifted() -> None:
    place = a_place()
    place.close()
    live = place.store.get(refs.scorecard(PERIOD, "truong-1"))
    assert live is not None
    assert live.assessments[PERIOD].statements == STATED
    place.store.commit([put(refs.periods(PERIOD), a_period(state="closing"))])
    for unit in UNITS:
        del place.store.documents[refs.unit_results(PERIOD)(unit).path]
    assert [place.compile(unit).drift for unit in ("p1", "p2", "so", "tinh")] == [0] * 4


def test_units_are_compiled_deepest_first_and_wait_for_those_below() -> None:
    place = a_place()
    close(place, CloseTask(period=PERIOD))
    order = [unit for function, unit in place.queue.asked if function == "compile_unit"]
    assert order == ["p1", "p2", "so", "tinh"]
    with pytest.raises(NotYetError, match="so rests on 2 units"):
        place.compile("so")
    assert place.store.get(refs.unit_results(PERIOD)("so")) is None


def test_a_unit_is_compiled_again_when_what_it_rests_on_changed() -> None:
    place = a_place()
    close(place, CloseTask(period=PERIOD))
    for unit in ("p1", "p2", "so", "tinh"):
        place.compile(unit)
    place.serve("an-2", "p1", 0)
    place.compile("p1")
    place.queue.asked.clear()
    with pytest.raises(NotYetError, match="1 units rest on results that changed"):
        finalize(place, CloseTask(period=PERIOD))
    assert ("compile_unit", "so") in place.queue.asked
    place.compile("so")
    with pytest.raises(NotYetError):
        finalize(place, CloseTask(period=PERIOD))
    place.compile("tinh")
    finalize(place, CloseTask(period=PERIOD))
    assert place.total("tinh").below["not_completed"] == 2


def test_work_that_no_scorecard_tells_of_is_found_by_the_unit_of_its_person() -> None:
    """Assigned in p1 to somebody whose posting was then corrected to p2; its event was lost."""
    place = a_place()
    name = refs.assignment_id(PERIOD, "p1", "em", "w9")
    work = an_assignment(unit="p1", path=UNITS["p1"].path, official="em", scheme=place.scheme.ref)
    entries = {"assigned": Assigned(by="binh", at=START), **delivered()}
    record(place.store, [create(refs.assignments(name), work)])
    record(place.store, [create(refs.entries(name)(key), one) for key, one in entries.items()])
    with pytest.raises(NotYetError, match=name):
        place.close()
    place.queue.asked.clear()
    place.close()
    result = place.store.get(refs.official_results(PERIOD)("em"))
    assert result is not None
    assert (result.unit, result.assignments) == ("p2", 3)
    assert name in place.card("em").contributions
    assert verify(place.store, place.schemes, PERIOD).findings == []


def test_work_that_cannot_be_put_on_a_scorecard_is_named_and_waits() -> None:
    place = a_place()
    name = refs.assignment_id(PERIOD, "p1", "em", "w9")
    entry = create(refs.entries(name)("assigned"), Assigned(by="binh", at=START))
    bad = Write(refs.assignments(name), "create", {("k",): "heavy"})
    place.store.commit([bad, entry])
    for _ in range(2):
        place.queue.asked.clear()
        with pytest.raises(NotYetError, match=name):
            place.close()


def test_verify_recomputes_what_follows() -> None:
    place = a_place()
    place.close()
    assert verify(place.store, place.schemes, PERIOD).findings == []


@settings(max_examples=5, deadline=None)
@given(st.data())
def test_the_order_of_compiling_makes_no_difference(data: st.DataObject) -> None:
    """Any order, each as often as it likes, until nothing raises any more."""
    calm, other = a_place(), a_place()
    calm.close()
    close(other, CloseTask(period=PERIOD))
    for unit in [*data.draw(st.lists(st.sampled_from(sorted(UNITS)), max_size=8)), *_rounds()]:
        try:
            other.compile(unit)
        except NotYetError:
            continue
    finalize(other, CloseTask(period=PERIOD))
    assert results(other) == results(calm)


def _rounds() -> Iterator[str]:
    for _ in UNITS:
        yield from UNITS


def results(place: Place) -> dict[str, Any]:
    """But for the drift, which tells how live scorecards stood when first compiled."""
    return {
        path: {name: value for name, value in fields.items() if name != "drift"}
        for path, (fields, _) in place.store.documents.items()
        if path.startswith("results/")
    }


# Units rated by their own indicators


def test_a_unit_is_rated_on_pooled_work_criteria_and_measurements() -> None:
    """30 + 5/6 × 40 + 50 % × 30 = 78.33."""
    place = a_rated_unit(50)
    place.close()
    found = place.total("p1").score
    assert found is not None
    assert (found.work.assigned, found.work.done) == (6, 5)
    assert (found.total, found.rating, found.standing) == (7833, "good", "rated")
    told = [line.en for line in explain_unit(found, place.scheme)]
    assert told[1].endswith("assigned 6, done 5, failed checks 0, late 0")
    assert any("Total = 78.33 ≥ 70.00: Good" in line for line in told)
    above = place.total("so").score
    assert above is not None
    assert (above.work.done, above.standing) == (5, "not_assessed")


def test_a_unit_below_its_bound_makes_its_head_not_completed_and_nobody_else() -> None:
    """30 + 33.33 + 0 = 63.33, below 70 per cent."""
    place = a_rated_unit(0)
    place.close()
    card = place.card("truong-1")
    assert (card.rating, card.gate) == ("not_completed", "unit")
    assert card.assessments[PERIOD].unit == {"whole": 6333}
    assert (place.card("pho").gate, place.card("an").gate) == ("score", "score")
    assert verify(place.store, place.schemes, PERIOD).findings == []


def test_a_result_names_what_it_rests_on() -> None:
    place = a_place()
    place.close()
    children = [place.total("p1"), place.total("p2")]
    assert place.total("so").children == {one.unit: unit_digest(one) for one in children}
    assert is_current(place.total("so"), children)
    assert unit_digest(children[0].model_copy(update={"drift": 5})) == unit_digest(children[0])
    assert not is_current(place.total("so"), children[:1])


def test_a_unit_founded_later_changes_no_result() -> None:
    place = a_place()
    place.close()
    later = Unit(name="Mới", parent="so", path=["tinh", "so", "p9"])
    record(place.store, [put(refs.units("p9"), later)])
    assert verify(place.store, place.schemes, PERIOD).findings == []
