"""What is known besides the work: live equals recomputed, in any order and any repetition."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import refs
from shared.models.entry import ENTRY, Assigned
from shared.models.official import Leave, Official
from shared.models.result import Result, UnitResult
from shared.ports import create, put
from shared.usecases.close import CompileTask
from shared.usecases.compile_unit import compile_unit
from shared.usecases.reassess import (
    reassess_appraised,
    reassess_card,
    reassess_measured,
    reassess_record,
)
from shared.usecases.records import posted
from shared.usecases.rescore import rescore
from shared.usecases.schemes import Schemes
from tests.builders import (
    DAY,
    END,
    OFFICIAL,
    PERIOD,
    START,
    TICK,
    UNIT,
    a_measurement,
    a_period,
    a_position,
    a_posting,
    a_scheme,
    a_scoring,
    a_unit,
    an_appraisal,
    an_asked,
    an_assignment,
    an_official,
    an_override,
    assignment_id,
    delivered,
    full_marks,
)
from tests.memory import Desk, MemoryStore
from tests.trees import a_position_scheme, an_indicator_scheme

ELSEWHERE = "ubnd-b"
MIDDLE = START + 15 * DAY
MIDMONTH = an_asked(since=MIDDLE, indicators=[])
"""Asked of whoever takes the position from the middle of the month on."""
NURSE = an_asked(
    criteria=[an_asked().criteria[0].model_copy(update={"id": "care", "most": 500})], indicators=[]
)


class Live:
    """The documents of one person's period, and the events that rescore them."""

    def __init__(self, scheme: Any = None) -> None:
        self.store = MemoryStore()
        self.schemes = Schemes(self.store)
        scheme = scheme or a_scheme()
        units = {UNIT: a_unit(), ELSEWHERE: a_unit(path=["tinh", ELSEWHERE], head=None)}
        self.store.commit(
            [
                put(refs.periods(PERIOD), a_period(scheme=scheme.ref)),
                put(refs.schemes(scheme.ref), scheme),
                *(put(refs.units(name), unit) for name, unit in units.items()),
                put(refs.positions("clerk"), a_position(asks=[an_asked(), MIDMONTH])),
                put(refs.positions("nurse"), a_position(asks=[NURSE])),
            ]
        )
        self.scheme = scheme
        self.deliver()

    def work(self, suffix: str, unit: str = UNIT) -> None:
        name = refs.assignment_id(PERIOD, unit, OFFICIAL, suffix)
        work = an_assignment(unit=unit, path=["tinh", unit], scheme=self.scheme.ref)
        entries = {"assigned": Assigned(by="binh", at=START), **delivered()}
        self.store.commit(
            [
                create(refs.assignments(name), work),
                *(create(refs.entries(name)(key), one) for key, one in entries.items()),
            ]
        )

    def write(self, ref: Any, document: Any) -> None:
        self.store.commit([put(ref, document)])

    def events(self) -> list[str]:
        """Of every write; of scorecards only when they are made."""
        store = self.store
        written = [path for path in store.written if not path.startswith("scorecards/")]
        made = [path for path in store.created if path.startswith("scorecards/")]
        store.written, store.created = [], []
        return [*written, *made]

    def deliver(self) -> None:
        while events := self.events():
            self.handle(events)

    def handle(self, paths: Iterable[str]) -> None:
        store, schemes = self.store, self.schemes
        for path in paths:
            match path.split("/"):
                case ["assignments", assignment, "entries", entry]:
                    fields = store.documents[path][0]
                    rescore(store, schemes, assignment, entry, ENTRY.validate_python(fields))
                case ["appraisals", name]:
                    reassess_appraised(store, schemes, name)
                case ["measurements", name]:
                    reassess_measured(store, schemes, name)
                case ["officials", uid]:
                    reassess_record(store, schemes, uid)
                case ["scorecards", name]:
                    reassess_card(store, schemes, name)

    def close(self) -> tuple[Result, UnitResult]:
        """Compiled in the unit where the person served last."""
        period = a_period(scheme=self.scheme.ref, state="closing")
        self.store.commit([put(refs.periods(PERIOD), period)])
        results: list[tuple[Result, UnitResult]] = []
        for unit in (UNIT, ELSEWHERE):
            total = compile_unit(
                Desk(self.store, END), self.schemes, CompileTask(period=PERIOD, unit=unit)
            )
            assert total is not None
            found = self.store.get(refs.official_results(PERIOD)(OFFICIAL))
            if total.officials:
                assert found is not None
                results.append((found, total))
        [one] = results
        return one

    def card(self) -> Any:
        return self.store.get(refs.scorecard(PERIOD, OFFICIAL))


moments = st.sampled_from([START - DAY, START, MIDDLE, END - TICK, END, END + DAY])
leave = st.builds(
    lambda start, days: Leave(start=start, end=start + days * DAY, reason="nghỉ phép"),
    moments,
    st.sampled_from([1, 16, 60]),
)
facts = st.builds(
    lambda at, until: an_override(at=at, until=until),
    moments,
    st.none() | st.just(END + 9 * DAY),
)


held = st.sampled_from([None, "clerk", "nurse", "unheard-of"])


@st.composite
def records(draw: st.DrawFn) -> Official:
    duties = st.sampled_from(["member", "head", "deputy"])
    first = a_posting(duty=draw(duties))
    postings = [first]
    if draw(st.booleans()):
        moved = draw(st.sampled_from([START, MIDDLE, END, END + DAY]))
        first = first.model_copy(update={"end": moved, "position": draw(held)})
        unit = draw(st.sampled_from([UNIT, ELSEWHERE]))
        then = {"start": moved, "duty": draw(duties), "position": draw(held)}
        postings = [first, a_posting(unit=unit, **then)]
    return an_official(
        unit=postings[-1].unit,
        postings=postings,
        units=sorted({one.unit for one in postings}),
        leave=draw(st.lists(leave, max_size=2)),
        facts=draw(st.lists(facts, max_size=2)),
        party_since=draw(st.none() | moments),
        position=draw(held),
    )


scorings = st.builds(
    lambda scores, statements, at: a_scoring(scores=scores, statements=statements, at=at),
    st.one_of(
        st.integers(0, 1000).map(full_marks),
        st.fixed_dictionaries(dict.fromkeys(["conduct", "manner", "care"], st.integers(0, 1000))),
    ),
    st.dictionaries(st.sampled_from(["d", "dd", "e"]), st.sampled_from(["yes", "no"])),
    moments,
)
Step = tuple[str, Any]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("record"), records()),
        st.tuples(st.just("work"), st.sampled_from([UNIT, ELSEWHERE])),
        st.tuples(st.sampled_from(["appraisal", UNIT, ELSEWHERE]), scorings),
        st.tuples(st.just("measured"), st.integers(0, 100)),
        st.tuples(st.just("deliver"), st.none()),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(
    st.data(),
    records(),
    steps,
    st.sampled_from([None, an_indicator_scheme(), a_position_scheme()]),
)
def test_live_is_what_the_close_recomputes_whatever_comes_first(
    data: st.DataObject, record: Official, told: list[Step], scheme: Any
) -> None:
    live = Live(scheme)
    pending = play(live, [("record", record), *told], data)
    while pending := [*pending, *live.events()]:
        again = data.draw(st.lists(st.sampled_from(pending), max_size=2))
        order = data.draw(st.permutations([*pending, *again]))
        pending = []
        live.handle(order)
    standing = live.card()
    result, total = live.close()
    assert total.drift == 0
    assert (live.card() or result.scorecard).capacity == result.scorecard.capacity
    assert live.card() == standing


def play(live: Live, told: list[Step], data: st.DataObject) -> list[str]:
    """Write what is told; some events are delivered meanwhile, the others are still to come."""
    pending: list[str] = []
    for number, (kind, what) in enumerate(told):
        match kind:
            case "record":
                live.write(refs.officials(OFFICIAL), what)
            case "work":
                live.work(f"w{number}", what)
            case "appraisal":
                live.write(refs.appraisal(PERIOD, OFFICIAL), an_appraisal(by_head=what))
            case "measured":
                measurement = a_measurement(dossiers=what)
                live.write(refs.measurement(PERIOD, "official", OFFICIAL), measurement)
            case "deliver":
                chosen = data.draw(st.sets(st.sampled_from(sorted({*pending, "-"}))))
                live.handle(sorted(chosen - {"-"}))
                pending = [one for one in pending if one not in chosen]
            case unit:
                rated = an_appraisal(by_head=what, unit=unit)
                live.write(refs.appraisal(PERIOD, OFFICIAL, unit), rated)
        pending += live.events()
    return pending


def test_a_head_is_rated_as_a_head_whatever_comes_first() -> None:
    for first in ("record", "work"):
        live = Live()
        head = an_official(postings=[a_posting(duty="head")], party_since=START)
        if first == "work":
            live.work("w1")
            live.deliver()
        live.write(refs.officials(OFFICIAL), head)
        live.deliver()
        if first == "record":
            live.work("w1")
            live.deliver()
        said = a_scoring(statements={"d": "no", "dd": "yes", "e": "no"})
        live.write(refs.appraisal(PERIOD, OFFICIAL), an_appraisal(by_head=said))
        live.deliver()
        card = live.card()
        assert (card.capacity.subject, card.capacity.party_member) == ("head", True)
        # d follows from the subordinates: whoever states it is not heard.
        assert card.assessments[PERIOD].statements == {"dd": "yes", "e": "no"}
        assert (card.points("task"), live.close()[1].drift) == (6300, 0)


def test_an_entry_on_a_card_that_stands_keeps_what_it_knows() -> None:
    live = Live()
    live.write(refs.officials(OFFICIAL), an_official(facts=[an_override()]))
    live.work("w1")
    live.deliver()
    before = live.card()
    live.work("w2")
    live.deliver()
    assert live.card().assessments == before.assessments != {}
    assert (live.card().work.done, live.card().standing) == (2, "not_assessed")


def test_maternity_leave_reads_as_leave_and_never_as_zero() -> None:
    """On the live card as at the close, also with work that is still assigned."""
    live = Live()
    live.work("w1")
    away = Leave(start=START - 30 * DAY, end=END + 150 * DAY, reason="nghỉ thai sản")
    live.write(refs.officials(OFFICIAL), an_official(leave=[away]))
    live.deliver()
    assert (live.card().standing, live.card().total) == ("on_leave", None)
    result, total = live.close()
    assert (result.scorecard.standing, total.on_leave, total.drift) == ("on_leave", 1, 0)


def test_leave_for_all_that_was_served_of_the_period_reads_as_leave_too() -> None:
    """Who joins, or leaves, in the middle of the month and is away for all of it."""
    live = Live()
    until = START + 20 * DAY
    served = an_official(
        postings=[a_posting(end=until)],
        leave=[Leave(start=START - 30 * DAY, end=until, reason="nghỉ thai sản")],
    )
    live.work("w1")
    live.write(refs.officials(OFFICIAL), served)
    live.deliver()
    assert live.card().standing == "on_leave"
    result, total = live.close()
    assert (result.scorecard.standing, total.drift) == ("on_leave", 0)


def test_leave_for_a_part_is_named_without_its_reason_and_the_work_given_counts() -> None:
    live = Live()
    live.work("w1")
    sick = Leave(start=START + DAY, end=MIDDLE, reason="điều trị nội trú")
    live.write(refs.officials(OFFICIAL), an_official(leave=[sick]))
    live.write(refs.appraisal(PERIOD, OFFICIAL), an_appraisal())
    live.deliver()
    card = live.card()
    assert (card.standing, card.total) == ("rated", 10_000)
    [absence] = card.assessments[PERIOD].absences
    assert (absence.start, absence.end) == (START + DAY, MIDDLE)
    assert "nội trú" not in card.model_dump_json()
    assert live.close()[1].drift == 0


def test_eighty_people_in_the_wrong_unit_are_put_right_by_their_postings() -> None:
    """Work that was assigned there is still theirs; the right unit's head rates, and compiles."""
    live = Live()
    live.write(refs.officials(OFFICIAL), an_official())
    live.work("w1", UNIT)
    live.deliver()
    right = a_posting(unit=ELSEWHERE)
    corrected = an_official(unit=ELSEWHERE, postings=[right], units=[ELSEWHERE])
    live.write(refs.officials(OFFICIAL), corrected)
    live.write(refs.appraisal(PERIOD, OFFICIAL), an_appraisal(by_head=a_scoring()))
    live.deliver()
    result, total = live.close()
    assert (result.unit, result.scorecard.total, total.drift) == (ELSEWHERE, 10_000, 0)
    assert list(result.scorecard.contributions) == [assignment_id("w1")]


def test_each_unit_rates_its_part_of_a_period_with_a_transfer() -> None:
    live = Live()
    postings = [a_posting(end=MIDDLE), a_posting(unit=ELSEWHERE, start=MIDDLE)]
    moved = an_official(unit=ELSEWHERE, postings=postings, units=[UNIT, ELSEWHERE])
    live.write(refs.officials(OFFICIAL), moved)
    live.work("w1")
    for unit, points in ((UNIT, 600), (None, 1000)):
        said = an_appraisal(by_head=a_scoring(scores=full_marks(points)), unit=unit)
        live.write(refs.appraisal(PERIOD, OFFICIAL, unit), said)
    live.deliver()
    card = live.card()
    assert sorted(card.assessments) == [PERIOD, f"{PERIOD}_{UNIT}"]
    assert card.points("general") == 2400
    assert live.close()[1].drift == 0


def test_who_has_moved_on_since_is_rated_by_the_head_of_the_period() -> None:
    live = Live()
    postings = [a_posting(end=END), a_posting(unit=ELSEWHERE, start=END)]
    moved = an_official(unit=ELSEWHERE, postings=postings, units=[UNIT, ELSEWHERE])
    live.write(refs.officials(OFFICIAL), moved)
    live.work("w1")
    for unit, points in ((UNIT, 600), (None, 1000)):
        said = an_appraisal(by_head=a_scoring(scores=full_marks(points)), unit=unit)
        live.write(refs.appraisal(PERIOD, OFFICIAL, unit), said)
    live.deliver()
    assert live.card().points("general") == 1800
    assert live.close()[0].unit == UNIT


@pytest.mark.parametrize(
    ("scored_at", "unit"),
    [(MIDDLE - DAY, UNIT), (MIDDLE, ELSEWHERE), (END - TICK, ELSEWHERE), (END + DAY, UNIT)],
)
def test_what_a_head_said_stays_of_the_unit_served_in_when_it_was_said(
    scored_at: datetime, unit: str
) -> None:
    """Moved in the period, and back after it: the last unit of the period was ELSEWHERE."""
    live = Live()
    first, second = a_posting(end=MIDDLE), a_posting(unit=ELSEWHERE, start=MIDDLE, end=END)
    postings, units = [first, second, a_posting(start=END)], [UNIT, ELSEWHERE]
    back = an_official(unit=UNIT, postings=postings, units=units)
    live.write(refs.officials(OFFICIAL), back)
    live.work("w1")
    said = an_appraisal(by_head=a_scoring(scores=full_marks(), at=scored_at))
    live.write(refs.appraisal(PERIOD, OFFICIAL), said)
    live.deliver()
    stretch = PERIOD if unit == ELSEWHERE else f"{PERIOD}_{UNIT}"
    assert [key for key, one in live.card().assessments.items() if one.criteria] == [stretch]
    standing, (result, total) = live.card(), live.close()
    assert (result.unit, total.drift, result.scorecard) == (ELSEWHERE, 0, standing)
    live.write(refs.officials(OFFICIAL), posted(back, ELSEWHERE, END + 20 * DAY))
    assert live.close()[0].scorecard == standing


def test_a_fact_entered_after_the_lock_does_not_reach_back() -> None:
    locked = a_period().closes_at
    for entered, withdrawn, rating in (
        (locked - TICK, None, "not_completed"),
        (locked, None, "excellent"),
        (START, locked - TICK, "excellent"),
        (START, locked, "not_completed"),
    ):
        live = Live()
        live.work("w1")
        fact = an_override(entered_at=entered, withdrawn_at=withdrawn)
        live.write(refs.officials(OFFICIAL), an_official(facts=[fact]))
        live.write(refs.appraisal(PERIOD, OFFICIAL), an_appraisal())
        live.deliver()
        assert live.close()[0].scorecard.rating == rating


def test_measurements_bear_on_the_score_where_the_scheme_asks() -> None:
    live = Live(an_indicator_scheme())
    live.work("w1")
    live.write(refs.officials(OFFICIAL), an_official())
    live.write(refs.measurement(PERIOD, "official", OFFICIAL), a_measurement(dossiers=40))
    live.deliver()
    assert live.card().share("dossiers") == 2500
    assert live.close()[1].drift == 0


def test_each_position_held_in_a_period_rates_its_part_and_each_unit_by_its_head() -> None:
    for elsewhere in (False, True):
        unit = ELSEWHERE if elsewhere else UNIT
        postings = [
            a_posting(end=MIDDLE, position="clerk"),
            a_posting(unit=unit, start=MIDDLE, position="nurse"),
        ]
        live = Live(a_position_scheme())
        live.work("w1")
        moved = an_official(unit=unit, postings=postings, units=sorted({UNIT, unit}))
        live.write(refs.officials(OFFICIAL), moved)
        scores = {"conduct": 1000, "manner": 600, "care": 500}
        for place in (None, UNIT) if elsewhere else (None,):
            said = a_scoring(scores=scores if not elsewhere else _asked_at(place))
            live.write(
                refs.appraisal(PERIOD, OFFICIAL, place), an_appraisal(by_head=said, unit=place)
            )
        rate = a_measurement("official", OFFICIAL, PERIOD, **{"on-time": 90})
        live.write(refs.measurement(PERIOD, "official", OFFICIAL), rate)
        live.deliver()
        card = live.card()
        assert (card.share("own"), card.share("measured"), card.standing) == (8000, 5000, "rated")
        assert live.close()[1].drift == 0


def _asked_at(unit: str | None) -> dict[str, int]:
    return {"conduct": 1000, **({"care": 500} if unit is None else {"manner": 600})}


def test_a_record_alone_makes_no_scorecard() -> None:
    """Also one that says something: periods open without a card for everybody on leave."""
    live = Live()
    away = Leave(start=START, end=END, reason="đi học tập trung")
    live.write(refs.officials(OFFICIAL), an_official(leave=[away]))
    live.deliver()
    assert live.card() is None
    assert live.close()[1].drift == 0
