"""Quarters and years over frozen results: opened, closed, verified; nothing lost or doubled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared import refs
from shared.errors import NotYetError, RefusedError
from shared.models.appeal import Appeal
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Scheme
from shared.models.scorecard import Assessment, Contribution
from shared.ports import Queue, patch, put
from shared.scoring.digest import UNSEALED
from shared.scoring.result import freeze
from shared.scoring.rounding import half_up
from shared.scoring.scorecard import score
from shared.usecases.appeals import AppealRequest, answer_appeal, route_appeal
from shared.usecases.calendar import bounds, kind_of
from shared.usecases.caller import Caller
from shared.usecases.close import CloseTask, CompileTask, close, finalize
from shared.usecases.compile_unit import compile_unit
from shared.usecases.correct import CorrectRequest, correct
from shared.usecases.decide import Choice, DecideRequest, decide
from shared.usecases.follow import FollowTask, RollUpTask, ask_what_follows, follow
from shared.usecases.opened import read_open
from shared.usecases.period import OpenPeriod, PeriodReply, change_period
from shared.usecases.schemes import Schemes, shipped
from shared.usecases.standing import Version, read_version
from shared.usecases.verify import verify
from tests.builders import (
    SCHEME,
    a_contribution,
    a_unit,
    an_official,
    an_override,
    delivered,
    full_marks,
)
from tests.memory import MemoryStore
from tests.trees import SOURCE, TITLE

ZONE = "Asia/Ho_Chi_Minh"
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
SWITCHED = [*MONTHS[:6], "2026-Q3", "2026-Q4"]
"""Monthly until June, then quarterly."""
NEW_YEAR = datetime(2027, 1, 4, tzinfo=UTC)


class Calls(Queue):
    def __init__(self) -> None:
        self.made: list[tuple[str, Mapping[str, Any], datetime | None]] = []

    def enqueue(
        self, function: str, payload: Mapping[str, Any], *, name: str, at: datetime | None = None
    ) -> None:
        self.made.append((function, dict(payload), at))


@dataclass
class Clock:
    time: datetime = NEW_YEAR

    def now(self) -> datetime:
        return self.time


@dataclass
class House:
    """Units p1 and p2, periods that are final, and an organiser."""

    store: MemoryStore = field(default_factory=MemoryStore)
    queue: Calls = field(default_factory=Calls)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.store.commit(
            [
                *(put(refs.units(name), a_unit(path=[name], parent=None)) for name in ("p1", "p2")),
                put(refs.schemes(SCHEME), shipped(SCHEME)),
            ]
        )

    @property
    def schemes(self) -> Schemes:
        return Schemes(self.store)

    def part(self, period: str, **changes: Any) -> None:
        start, end = bounds(period, ZONE)
        record = {
            "id": period,
            "kind": kind_of(period),
            "start": start,
            "end": end,
            "closes_at": end,
            "time_zone": ZONE,
            "scheme": SCHEME,
            "state": "final",
        }
        self.store.commit([put(refs.periods(period), Period.model_validate(record | changes))])

    def result(self, period: str, uid: str, unit: str, *work: Contribution, **said: Any) -> Result:
        """What a close would have left."""
        card = score(
            period=period,
            official=uid,
            scheme=shipped(SCHEME),
            path=[unit],
            contributions={f"{period}_{unit}_{uid}_w{n}": row for n, row in enumerate(work)},
            assessments={period: Assessment(**said)},
        )
        result = freeze(
            card,
            unit=unit,
            name=uid,
            assignments=len(work),
            entries=2 * len(work),
            refused=[],
            sources=UNSEALED,
        )
        self.store.commit([put(refs.official_results(period)(uid), result)])
        return result

    def open(self, period: str, parts: list[str], scheme: str = SCHEME) -> PeriodReply:
        organiser: Official = an_official(roles=["organiser"])
        caller = Caller("tu", self.clock.now(), organiser)
        request = OpenPeriod(action="open", period=period, scheme=scheme, parts=parts)
        return change_period(self, caller, f"open {period}", request)

    def run(self, period: str) -> None:
        """What Cloud Tasks would call."""
        close(self, CloseTask(period=period))
        for function, payload, _ in self.queue.made:
            if function == "compile_unit":
                compile_unit(self, self.schemes, CompileTask.model_validate(payload))
        finalize(self, CloseTask(period=period))

    def pooled(self, period: str, uid: str) -> Result:
        result = self.store.get(refs.official_results(period)(uid))
        assert result is not None
        return result

    def fields(self) -> dict[str, dict[str, Any]]:
        return {path: fields for path, (fields, _) in self.store.documents.items()}

    def state(self, period: str) -> str:
        standing = self.store.get(refs.periods(period))
        assert standing is not None
        return standing.state


def a_year() -> tuple[House, dict[str, list[Result]]]:
    """An moves from p1 to p2 in May and is away in February; Em leaves after March."""
    house, results = House(), dict[str, list[Result]]()
    for number, period in enumerate(SWITCHED):
        house.part(period)
        unit = "p1" if number < 4 else "p2"
        done = a_contribution(delivered(), k=1000 + 100 * number, quantity=1 + number % 2)
        away = period == "2026-02"
        marks = {} if away else {"criteria": full_marks(700 + 30 * number)}
        an = house.result(period, "an", unit, *([] if away else [done]), away=away, **marks)
        results.setdefault("an", []).append(an)
        if number < 3:
            results.setdefault("em", []).append(house.result(period, "em", "p1", done, done))
    return house, results


def test_a_switch_from_months_to_quarters_loses_nothing() -> None:
    house, results = a_year()
    house.open("2026", SWITCHED)
    house.run("2026")
    assert house.state("2026") == "review"
    total = house.store.get(refs.results("2026"))
    assert total is not None
    every = [one for own in results.values() for one in own]
    assert (total.officials, total.drift) == (2, 0)
    assert total.assignments == sum(one.assignments for one in every)
    assert total.entries == sum(one.entries for one in every)
    for uid, own in results.items():
        card = house.pooled("2026", uid).scorecard
        names = [name for one in own for name in one.scorecard.contributions]
        assert sorted(card.contributions) == sorted(names)
        rows = [row for one in own for row in one.scorecard.contributions.values()]
        for node, weight in (("a", "done_weight"), ("b", "quality_weight")):
            share = Fraction(
                sum(getattr(row, weight) for row in rows), sum(row.assigned_weight for row in rows)
            )
            assert card.share(node) == half_up(share * 10_000)


def test_criteria_are_averaged_over_the_months_worked_and_quarters_count_threefold() -> None:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    house.run("2026")
    months = [n for n in range(6) if n != 1]
    points = sum(700 + 30 * n for n in months) + 3 * (700 + 30 * 6) + 3 * (700 + 30 * 7)
    expected = half_up(Fraction(3 * points, len(months) + 6))
    assert house.pooled("2026", "an").scorecard.points("general") == expected


def test_everybody_is_rated_in_the_unit_of_the_last_part() -> None:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    house.run("2026")
    assert (house.pooled("2026", "an").unit, house.pooled("2026", "em").unit) == ("p2", "p1")
    assert house.pooled("2026", "em").scorecard.standing == "not_assessed"


def test_who_was_away_throughout_stays_so() -> None:
    house = House()
    for month in MONTHS[9:]:
        house.part(month)
        house.result(month, "an", "p1", away=True)
        house.result(month, "chi", "p1", criteria=full_marks())
    house.open("2026-Q4", MONTHS[9:])
    house.run("2026-Q4")
    standings = [house.pooled("2026-Q4", uid).scorecard.standing for uid in ("an", "chi")]
    assert standings == ["on_leave", "insufficient_data"]


def test_a_year_over_rolled_up_quarters_is_the_year_over_their_months() -> None:
    ways = []
    for parts in (MONTHS, [*MONTHS[:9], "2026-Q4"]):
        house = House()
        for number, month in enumerate(MONTHS):
            house.part(month)
            work = a_contribution(delivered(), quantity=1 + number % 3)
            house.result(month, "an", "p1", work, criteria=full_marks(600 + number))
        house.open("2026-Q4", MONTHS[9:])
        house.run("2026-Q4")
        house.store.commit([patch(refs.periods("2026-Q4"), {("state",): "final"})])
        house.queue.made.clear()
        house.open("2026", parts)
        house.run("2026")
        card = house.pooled("2026", "an").scorecard
        ways.append((card.contributions, card.nodes, card.total, card.rating))
    assert ways[0] == ways[1]


def test_a_roll_up_waits_until_its_parts_are_final() -> None:
    house, _ = a_year()
    house.part("2026-Q4", state="review")
    house.open("2026", SWITCHED)
    close(house, CloseTask(period="2026"))
    assert house.state("2026") == "open"
    assert house.queue.made == [("close", {"period": "2026"}, NEW_YEAR + timedelta(hours=1))]
    house.part("2026-Q4")
    house.queue.made.clear()
    house.run("2026")
    assert house.state("2026") == "review"


def test_every_step_repeats_harmlessly_and_totals_wait_for_every_unit() -> None:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    close(house, CloseTask(period="2026"))
    with pytest.raises(NotYetError):
        finalize(house, CloseTask(period="2026"))
    house.run("2026")
    before = house.fields()
    house.run("2026")
    assert house.fields() == before


def test_verify_recomputes_roll_ups_too() -> None:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    house.run("2026")
    assert of_results(house) == []
    altered = house.pooled("2026", "an").model_copy(update={"name": "x"})
    house.store.commit([put(refs.official_results("2026")("an"), altered)])
    assert of_results(house) == ["results/2026/officials/an"]


@pytest.mark.parametrize(
    ("entered", "rating", "gate"),
    [
        (datetime(2026, 3, 11, tzinfo=UTC), "not_completed", "discipline"),
        (datetime(2026, 6, 20, tzinfo=UTC), "not_completed", "discipline"),
        (NEW_YEAR + timedelta(days=40), "excellent", "score"),
    ],
    ids=["in time for the month", "in time for the year", "after the year was locked"],
)
def test_a_year_knows_the_facts_of_its_span_also_of_a_month_that_was_locked(
    entered: datetime, rating: str, gate: str
) -> None:
    house = House()
    for month in MONTHS:
        house.part(month)
        house.result(month, "an", "p1", a_contribution(delivered()), criteria=full_marks())
    reprimand = an_override(
        kind="reprimand", at=datetime(2026, 3, 10, tzinfo=UTC), entered_at=entered
    )
    house.store.commit([put(refs.officials("an"), an_official(name="an", facts=[reprimand]))])
    house.open("2026", MONTHS)
    house.run("2026")
    card = house.pooled("2026", "an").scorecard
    assert (card.rating, card.gate) == (rating, gate)
    assert of_results(house) == []


# A part that is corrected after it was pooled


def authority(house: House, period: str) -> Caller:
    """Of the unit that An's result is of."""
    unit = last(house, period).result.unit
    return Caller("quyen", house.clock.now(), an_official(unit=unit, roles=["authority"]))


def put_right(house: House, period: str, points: int) -> None:
    """An's criteria in one part, and what its event asks for."""
    house.store.commit([put(refs.officials("an"), an_official(name="an"))])
    items = [{"kind": "criterion", "criterion": one, "points": points} for one in full_marks()]
    body = {"period": period, "official": "an", "reason": "sửa sai", "corrects": items}
    request = CorrectRequest.model_validate(body)
    made = correct(house, house.schemes, authority(house, period), f"{period} {points}", request)
    ask_what_follows(house, period, f"an_{made.version}")


def settle(house: House) -> None:
    made, house.queue.made = house.queue.made, []
    for function, payload, _ in made:
        if function == "follow":
            follow(house, house.schemes, TypeAdapter(FollowTask).validate_python(payload))


def a_compiled_year() -> House:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    house.run("2026")
    house.queue.made.clear()
    return house


def last(house: House, period: str) -> Version:
    found = read_version(house.store, period, "an")
    assert found is not None
    return found


def test_a_roll_up_follows_each_part_that_is_corrected() -> None:
    house = a_compiled_year()
    before = house.pooled("2026", "an")
    put_right(house, "2026-03", 0)
    assert of_results(house) == ["results/2026/corrections/an_2"]
    settle(house)
    assert house.pooled("2026", "an") == before
    weighed = [0 if n == 2 else (700 + 30 * n) * (3 if n > 5 else 1) for n in range(8) if n != 1]
    general = half_up(Fraction(3 * sum(weighed), 11))
    assert last(house, "2026").result.scorecard.points("general") == general
    assert of_results(house) == []
    put_right(house, "2026-Q4", 1000)
    settle(house)
    assert last(house, "2026").number == 3
    assert of_results(house) == []
    standing = house.fields()
    follow(house, house.schemes, RollUpTask(period="2026", official="an"))
    follow(house, house.schemes, RollUpTask(period="2026", official="nobody"))
    assert house.fields() == standing


def a_year_that_minds_its_months() -> House:
    """Whoever was not completed in one of them is completed at most."""
    house, _ = a_year()
    gate = {
        "id": "month",
        "title": TITLE,
        "applies_to": "all",
        "condition": {"kind": "no_part", "rating": "not_completed"},
        "ceiling": "completed",
        "source": SOURCE,
    }
    fields = {**shipped(SCHEME).fields(), "ref": "strict@1", "gates": [gate]}
    scheme = Scheme.model_validate(fields)
    house.store.commit([put(refs.schemes(scheme.ref), scheme)])
    house.open("2026", SWITCHED, scheme.ref)
    house.run("2026")
    house.queue.made.clear()
    return house


def decide_month(house: House) -> None:
    choice = Choice(official="an", rating="not_completed", reason="đã xem xét")
    request = DecideRequest(period="2026-03", decisions=[choice])
    decide(house, house.schemes, authority(house, "2026-03"), "d", request)


def test_a_roll_up_follows_what_is_decided_on_a_corrected_part() -> None:
    house = a_year_that_minds_its_months()
    put_right(house, "2026-03", 0)
    settle(house)
    assert last(house, "2026").result.scorecard.gate == "score"
    decide_month(house)
    settle(house)
    card = last(house, "2026").result.scorecard
    assert last(house, "2026").number == 3
    assert card.assessments["2026-03"].rating == "not_completed"
    assert (card.rating, card.gate) == ("completed", "month")
    assert of_results(house) == []


def test_a_roll_up_that_is_being_compiled_is_followed_up_afterwards() -> None:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    put_right(house, "2026-03", 0)
    assert [function for function, *_ in house.queue.made] == ["follow"]
    house.store.commit([patch(refs.periods("2026"), {("state",): "closing"})])
    with pytest.raises(NotYetError, match="2026 is being compiled"):
        follow(house, house.schemes, RollUpTask(period="2026", official="an"))


def test_a_roll_up_is_put_right_in_its_parts() -> None:
    """A petition against it is upheld without correcting it itself."""
    house = a_compiled_year()
    with pytest.raises(RefusedError, match="correct the result there") as refused:
        put_right(house, "2026", 0)
    assert refused.value.code == "conflict"
    petition = Appeal(period="2026", official="an", at=NEW_YEAR, reason="xem lại")
    house.store.commit([put(refs.appeals("don"), petition)])
    route_appeal(house, "don")
    request = AppealRequest(appeal="don", upheld=True, reason="đã sửa ở tháng 3")
    answered = answer_appeal(house, house.schemes, authority(house, "2026"), "a", request)
    assert (answered.upheld, answered.version) == (True, None)


@pytest.mark.parametrize("path", ["results/2026-03/corrections/an_2", "decisions/2026-03_an_2"])
def test_a_paper_that_is_gone_is_missed_in_the_roll_up(path: str) -> None:
    house = a_year_that_minds_its_months()
    put_right(house, "2026-03", 0)
    decide_month(house)
    settle(house)
    assert of_results(house) == []
    del house.store.documents[path]
    assert of_results(house) == ["results/2026/corrections/an_2"]


def of_results(house: House) -> list[str]:
    """What is found there; the house itself was written without records, which is found too."""
    findings = verify(house.store, house.schemes, "2026").findings
    return [one.path for one in findings if f"{one.path}/".startswith("results/2026/")]


def test_no_work_is_given_in_a_roll_up() -> None:
    house, _ = a_year()
    house.open("2026", SWITCHED)
    with pytest.raises(RefusedError, match="no work of its own") as refused:
        house.store.transact(lambda transaction: read_open(transaction, "2026", "period"))
    assert refused.value.code == "closed"


def test_an_evaluation_year_may_begin_and_end_before_the_calendar_s() -> None:
    """Rated before 15 December: December counts in the next year."""
    house = House()
    for month in ["2025-12", *MONTHS[:11]]:
        house.part(month)
        house.result(month, "an", "p1", a_contribution(delivered()))
    reply = house.open("2026", ["2025-12", *MONTHS[:11]])
    assert reply.rated_before == datetime(2026, 12, 14, 17, tzinfo=UTC)
    house.run("2026")
    assert house.pooled("2026", "an").scorecard.work.assigned == 12


@pytest.mark.parametrize(
    ("period", "parts", "code", "said"),
    [
        ("2027-03", ["2026-01"], "invalid", "a month has no parts"),
        ("2026", [*MONTHS[:5], "2027-01"], "missing", "there is no period 2027-01"),
        ("2026", [*MONTHS[:4], *MONTHS[5:]], "invalid", "2026-04 and 2026-06 overlap or leave"),
        ("2026", [*MONTHS[:8], "2026-Q3"], "invalid", "overlap or leave"),
        ("2026", ["2026-01", "2026-01"], "invalid", "2026-01 and 2026-01 overlap"),
        ("2026-Q1", MONTHS[:2], "invalid", "2026-01 to 2026-02 do not make 2026-Q1"),
        ("2027", MONTHS, "invalid", "do not make 2027"),
    ],
)
def test_parts_that_do_not_tile_the_time_are_refused(
    period: str, parts: list[str], code: str, said: str
) -> None:
    house = House()
    for name in [*MONTHS, "2026-Q3"]:
        house.part(name)
    before = house.fields()
    with pytest.raises(RefusedError, match=said) as refused:
        house.open(period, parts)
    assert refused.value.code == code
    assert house.fields() == before


def test_no_month_counts_in_two_years() -> None:
    house = House()
    for month in [*MONTHS, "2027-01"]:
        house.part(month)
    house.open("2026", MONTHS)
    with pytest.raises(RefusedError, match="counts in 2026 already"):
        house.open("2027", ["2026-12", "2027-01"])


def test_a_part_that_the_scheme_cannot_read_is_named() -> None:
    house = House()
    scheme = shipped("decree-335-local@1")
    house.store.commit([put(refs.schemes(scheme.ref), scheme)])
    for month in MONTHS[:3]:
        house.part(month)
    house.part("2026-02", scheme=scheme.ref)
    with pytest.raises(RefusedError, match="2026-02 is scored by decree-335-local@1") as refused:
        house.open("2026-Q1", MONTHS[:3])
    assert (refused.value.code, refused.value.faults[0].field) == ("conflict", "parts")
