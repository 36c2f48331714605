"""What everybody's results must be, from the story's facts alone; shares no code with the product.

The decree's arithmetic in fractions of a point: 30 for the general criteria and
70 for the mean of a, b, c (for heads of a, b, c, d, đ, e), then the two gates.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from tests.year.story import (
    PERIODS,
    PRODUCTS,
    YEAR,
    Event,
    Mark,
    Person,
    Piece,
    Story,
    begin,
    end,
    length,
)

QUARTER = Fraction(1, 4)
LEAST = {"excellent": 90, "good": 70, "completed": 50, "not_completed": 0}
ORDER = list(LEAST)


@dataclass(frozen=True)
class Row:
    """A piece of work in units of its product."""

    k: Fraction
    assigned: int
    done: int
    beyond: int
    lates: int
    fails: int

    def lost(self, mistakes: int) -> Fraction:
        return self.k * max(Fraction(0), self.done - QUARTER * mistakes)


@dataclass(frozen=True)
class Said:
    """What was told of so many months: marks, and the answers about a head."""

    months: int
    general: Fraction | None
    answers: dict[str, bool]


@dataclass
class Expected:
    standing: str
    rows: list[Row] = field(default_factory=list)
    shares: dict[str, Fraction] = field(default_factory=dict)
    task: Decimal | None = None
    general: Decimal | None = None
    total: Decimal | None = None
    rating: str | None = None
    gate: str | None = None


class Oracle:
    """Asks the story; `corrected` has the outcome of the petitions that were upheld in it."""

    def __init__(self, story: Story, *, corrected: bool) -> None:
        self._story = story
        upheld = [one for one in story.petitions if one.piece is not None and corrected]
        self._waived = {one.piece: one.lates for one in upheld}
        self._pieces: dict[tuple[str, str], list[Piece]] = {}
        for piece in story.pieces:
            self._pieces.setdefault((piece.period, piece.doer), []).append(piece)
        self._marks: dict[tuple[str, str], list[Mark]] = {}
        for mark in story.marks:
            self._marks.setdefault((mark.period, mark.official), []).append(mark)
        self._known: dict[tuple[str, str], Expected] = {}

    def served(self, period: str) -> list[str]:
        """Who has a result in the period."""
        return sorted(uid for uid, one in self._story.people.items() if one.units_in(period))

    def expected(self, period: str, uid: str) -> Expected:
        if (period, uid) not in self._known:
            self._known[period, uid] = self._expected(period, uid)
        return self._known[period, uid]

    def unit(self, period: str, uid: str) -> str:
        """Where the result is compiled."""
        return self._story.people[uid].units_in(period)[-1]

    def _expected(self, period: str, uid: str) -> Expected:
        person = self._story.people[uid]
        parts = [one for one in _parts(period) if person.units_in(one)]
        worked = [one for one in parts if not person.away(one)]
        if not worked:
            return Expected("on_leave")
        rows = [row for one in worked for row in self._rows(one, uid)]
        told = [said for one in worked for said in self._told(one, person)]
        shares = _work(rows)
        if person.duty == "head":
            shares |= _answers(told)
        general = _mean(told)
        expected = Expected("rated", rows, shares)
        if not sum(row.assigned for row in rows):
            expected.standing = "insufficient_data"
            return expected
        if general is None or (person.duty == "head" and not {"dd", "e"} <= shares.keys()):
            expected.standing = "not_assessed"
            return expected
        task = sum(shares.values(), Fraction(0)) / len(shares) * 70
        expected.task, expected.general = two_places(task), two_places(general * 30)
        expected.total = two_places(task + general * 30)
        self._rate(expected, period, person)
        return expected

    def _rows(self, period: str, uid: str) -> list[Row]:
        return [self._row(piece) for piece in self._pieces.get((period, uid), [])]

    def _row(self, piece: Piece) -> Row:
        happened = {what: _of(piece, what) for what in ("deliver", "accept", "return", "move")}
        accepted = {event.of: event.beyond for event in happened["accept"]}
        sent = [event for event in happened["deliver"] if event.id in accepted]
        due = [piece.due, *(event.due for event in happened["move"] if event.due)][-1]
        done = sum(event.units for event in sent)
        assigned = 0 if _of(piece, "cancel") else piece.quantity
        lates = sum(event.units for event in sent if event.at > due)
        waived = sum(event.units for event in _of(piece, "waive")) + self._waived.get(piece.key, 0)
        # What was excused and never came was not asked for either.
        assigned -= min(max(waived - lates, 0), max(assigned - done, 0))
        if self._on_leave(piece, due):
            assigned, lates = done, 0
        return Row(
            k=Fraction(PRODUCTS[piece.product], 1000),
            assigned=assigned,
            done=done,
            beyond=sum(event.units for event in sent if accepted[event.id]),
            lates=max(lates - waived, 0),
            fails=sum(event.faults for event in happened["return"]),
        )

    def _on_leave(self, piece: Piece, due: datetime) -> bool:
        """Whether its doer was away in the period on the day that it fell due."""
        if not begin(piece.period) <= due < end(piece.period):
            return False
        return any(start <= due < stop for start, stop in self._story.people[piece.doer].leave)

    def _told(self, period: str, person: Person) -> list[Said]:
        """The marks of each part of the period; what d is follows from the subordinates."""
        said = [
            Said(
                length(period),
                Fraction(sum(mark.scores.values()), 3000),
                {name: answer == "yes" for name, answer in mark.statements.items()},
            )
            for mark in self._marks.get((period, person.uid), [])
        ]
        if person.duty == "head" and (d := self._d(period, person)) is not None:
            said.append(Said(length(period), None, {"d": d}))
        return said

    def _d(self, period: str, head: Person) -> bool | None:
        """Whether everybody below who is rated is at least `completed`."""
        units = self._story.below(head.moves[-1].unit)
        ratings = [
            self.expected(period, uid).rating
            for uid in self.served(period)
            if uid != head.uid and self.unit(period, uid) in units
        ]
        rated = [one for one in ratings if one is not None]
        return "not_completed" not in rated if rated else None

    def _rate(self, expected: Expected, period: str, person: Person) -> None:
        total = expected.total or Decimal(0)
        by_score = next(one for one, least in LEAST.items() if total >= least)
        ceilings = self._ceilings(expected.rows, period, person)
        lowest = max([by_score, *ceilings.values()], key=ORDER.index)
        deciding = [gate for gate, ceiling in ceilings.items() if ceiling == lowest]
        expected.rating = lowest
        expected.gate = "score" if lowest == by_score else deciding[0]

    def _ceilings(self, rows: list[Row], period: str, person: Person) -> dict[str, str]:
        """The gates that were not passed, in the order of the scheme."""
        found = {}
        if any(
            one.official == person.uid and begin(period) <= one.at < end(period)
            for one in self._story.reprimands
        ):
            found["discipline"] = "not_completed"
        if not person.party:
            return found
        assigned = sum(row.assigned for row in rows)
        timely = sum(row.done - row.lates for row in rows)
        if timely < assigned:
            found["on-time"] = "completed"
        if 10 * sum(row.beyond for row in rows) < 3 * assigned:
            found["beyond"] = "good"
        if 5 * (assigned - timely) > assigned:
            found["late"] = "not_completed"
        return found


def two_places(value: Fraction) -> Decimal:
    with localcontext(prec=80):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _parts(period: str) -> list[str]:
    return PERIODS if period == YEAR else [period]


def _of(piece: Piece, what: str) -> list[Event]:
    return sorted((event for event in piece.events if event.what == what), key=lambda one: one.at)


def _work(rows: Iterable[Row]) -> dict[str, Fraction]:
    """a, b, c; nothing where nothing was assigned."""
    rows = list(rows)
    whole = sum((row.k * row.assigned for row in rows), Fraction(0))
    if not whole:
        return {}
    return {
        "a": sum((row.k * row.done for row in rows), Fraction(0)) / whole,
        "b": sum((row.lost(row.fails) for row in rows), Fraction(0)) / whole,
        "c": sum((row.lost(row.lates) for row in rows), Fraction(0)) / whole,
    }


def _mean(told: list[Said]) -> Fraction | None:
    """Of the marks, over the months that were marked."""
    marked = [(one.months, one.general) for one in told if one.general is not None]
    if not marked:
        return None
    months = sum(months for months, _ in marked)
    return sum((months * general for months, general in marked), Fraction(0)) / months


def _answers(told: list[Said]) -> dict[str, Fraction]:
    """Of every answer about a head the least: once `no` is half throughout."""
    answers: dict[str, Fraction] = {}
    for name in ("d", "dd", "e"):
        given = [one.answers[name] for one in told if name in one.answers]
        if given:
            answers[name] = Fraction(1) if all(given) else Fraction(1, 2)
    return answers
