"""A year of sixty officials in five units, as plain facts: the work given, and what became of it.

Invented and seeded; knows nothing of the product. `teller.py` plays it through the
functions, `oracle.py` says from the same facts what everybody's results must be.
The year begins with months and goes on with quarters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR = "2026"
MONTHS = [f"{YEAR}-{month:02d}" for month in range(1, 7)]
AUTHORITY = "tinh-2"
"""Decides on everybody's exemptions but the own."""
QUARTERS = [f"{YEAR}-Q3", f"{YEAR}-Q4"]
PERIODS = MONTHS + QUARTERS
CRITERIA = ("conduct", "competence", "initiative")
PRODUCTS = {"hs": 1000, "bc": 1500, "da": 5000}
"""Product → K in thousandths."""


def local(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE).astimezone(UTC)


def begin(period: str) -> datetime:
    return local(2026, first_month(period), 1)


def end(period: str) -> datetime:
    after = first_month(period) + length(period)
    return local(2026 + (after > 12), (after - 1) % 12 + 1, 1)


def first_month(period: str) -> int:
    _, _, part = period.partition("-")
    if part.startswith("Q"):
        return 3 * int(part[1:]) - 2
    return int(part) if part else 1


def length(period: str) -> int:
    """In months."""
    _, _, part = period.partition("-")
    return {"": 12, "Q": 3}.get(part[:1], 1)


class Move(NamedTuple):
    """Serves in `unit` from `start` on."""

    unit: str
    start: datetime


@dataclass
class Person:
    uid: str
    moves: list[Move]
    duty: str = "member"
    roles: list[str] = field(default_factory=lambda: ["official"])
    party: bool = False
    leave: list[tuple[datetime, datetime]] = field(default_factory=list)
    gone: datetime | None = None
    """From when on they serve nowhere."""

    def unit_at(self, moment: datetime) -> str | None:
        """Where they serve at that moment."""
        if self.gone is not None and moment >= self.gone:
            return None
        before = [move.unit for move in self.moves if move.start <= moment]
        return before[-1] if before else None

    def units_in(self, period: str) -> list[str]:
        """Where they served in the period, the last one last."""
        start, stop = begin(period), end(period)
        ends = [*(move.start for move in self.moves[1:]), self.gone or local(2099, 1, 1)]
        return [
            move.unit
            for move, until in zip(self.moves, ends, strict=True)
            if move.start < stop and until > start
        ]

    def away(self, period: str) -> bool:
        """On leave for all of it."""
        return any(start <= begin(period) and end(period) <= stop for start, stop in self.leave)


class Event(NamedTuple):
    """What happened to a piece of work.

    `deliver` (units), `accept` (of a delivery; `beyond`), `return` (of a delivery; units
    at fault), `move` (new due date), `ask` and `waive` (exemption; lates, faults), `cancel`.
    """

    at: datetime
    by: str
    what: str
    id: str
    of: str = ""
    units: int = 0
    faults: int = 0
    due: datetime | None = None
    beyond: bool = False


@dataclass
class Piece:
    """One assignment."""

    key: str
    period: str
    unit: str
    doer: str
    giver: str
    judge: str
    product: str
    quantity: int
    given: datetime
    due: datetime
    events: list[Event] = field(default_factory=list)


class Mark(NamedTuple):
    """The head's scores of one stretch, in hundredths of a point, and what is stated of a head."""

    at: datetime
    by: str
    period: str
    official: str
    unit: str
    scores: dict[str, int]
    statements: dict[str, str]
    own: bool = False
    """Of the person's last unit in the period; others rate their part."""


class Petition(NamedTuple):
    """Filed in review; upheld when it names a piece of work whose latenesses are waived."""

    period: str
    official: str
    piece: str | None
    lates: int = 0


class Reprimand(NamedTuple):
    official: str
    at: datetime


@dataclass
class Story:
    units: dict[str, str | None]
    """Unit → the one above it."""
    people: dict[str, Person]
    pieces: list[Piece]
    marks: list[Mark]
    petitions: list[Petition]
    reprimands: list[Reprimand]

    def head(self, unit: str) -> str:
        return next(
            one.uid
            for one in self.people.values()
            if one.duty == "head" and one.moves[-1].unit == unit
        )

    def superior(self, uid: str, unit: str) -> str | None:
        """Who gives somebody work in a unit and judges it."""
        if self.people[uid].duty != "head":
            return self.head(unit)
        above = self.units[unit]
        return self.head(above) if above else None

    def below(self, unit: str) -> set[str]:
        """The unit and all under it."""
        under = [child for child, above in self.units.items() if above == unit]
        return {unit}.union(*(self.below(child) for child in under))


UNITS: dict[str, str | None] = {
    "tinh": None,
    "so-a": "tinh",
    "so-b": "tinh",
    "a1": "so-a",
    "b1": "so-b",
}
STAFF = {"tinh": 3, "so-a": 7, "so-b": 7, "a1": 20, "b1": 18}
"""How many serve in each besides the head: sixty in all."""
HABITS = ((1, 2, 100), (1, 5, 100), (10, 15, 90), (25, 20, 75), (20, 30, 40))
"""Chances in per cent to be late, to be returned, and to finish."""


def tell(seed: int) -> Story:
    rng = Random(seed)  # a story, not a secret
    people = _people(rng)
    story = Story(UNITS, people, [], [], [], [])
    for period in PERIODS:
        for uid in sorted(people):
            story.pieces += _work(rng, story, period, uid)
            story.marks += _marks(rng, story, period, uid)
    story.reprimands.append(Reprimand("a1-14", local(2026, 5, 20, 9)))
    story.petitions = _petitions(story)
    return story


def _people(rng: Random) -> dict[str, Person]:
    since = local(2020, 1, 1)
    people = {}
    for unit, staff in STAFF.items():
        for number in range(staff + 1):
            uid = f"{unit}-{number}"
            duty = "member" if number else "head"
            people[uid] = Person(uid, [Move(unit, since)], duty, party=rng.random() < 0.4)
    for uid, role in (
        ("tinh-1", "organiser"),
        ("tinh-2", "authority"),
        ("tinh-3", "administrator"),
    ):
        people[uid].roles.append(role)
    people["a1-1"].moves.append(Move("b1", local(2026, 3, 16)))
    people["b1-1"].moves.append(Move("a1", local(2026, 5, 1)))
    people["so-b-1"].moves.append(Move("a1", local(2026, 8, 20)))
    people["a1-2"].leave.append((local(2026, 1, 15), local(2026, 7, 15)))  # maternity
    people["b1-2"].leave.append((local(2026, 4, 6), local(2026, 4, 20)))
    people["b1-3"].moves = [Move("b1", local(2026, 9, 1))]  # recruited
    people["b1-4"].gone = local(2026, 6, 1)  # retired
    return people


# Work


def _work(rng: Random, story: Story, period: str, uid: str) -> Iterator[Piece]:
    person = story.people[uid]
    late, returned, finished = HABITS[sum(map(ord, uid)) % len(HABITS)]
    for number in range(rng.randint(1, 2) * (2 if length(period) > 1 else 1)):
        given = begin(period) + timedelta(hours=8, days=number)
        unit = person.unit_at(given)
        judge = unit and story.superior(uid, unit)
        if not unit or not judge or any(start <= given < stop for start, stop in person.leave):
            continue
        days = (end(period) - begin(period)).days
        due = begin(period) + timedelta(days=rng.randint(8, days - 6), hours=17)
        key = f"{period}-{uid}-{number}".lower()
        product = rng.choice(sorted(PRODUCTS))
        piece = Piece(key, period, unit, uid, judge, judge, product, rng.randint(1, 3), given, due)
        if rng.randrange(100) < finished:
            _finish(rng, piece, late=rng.randrange(100) < late, returned=returned)
        elif rng.randrange(4) == 0:
            at = due - timedelta(days=2, minutes=rng.randrange(60))
            piece.events.append(Event(at, judge, "cancel", f"{key}-c"))
        yield piece


def _finish(rng: Random, piece: Piece, *, late: bool, returned: int) -> None:
    """Delivered in one or two parts, perhaps late, perhaps returned and delivered again."""
    ids = count(1)

    def name() -> str:
        return f"{piece.key}-{next(ids)}"

    minutes = timedelta(minutes=rng.randrange(60))
    moved = rng.randrange(12) == 0
    due = piece.due
    if moved:
        due = piece.due + timedelta(days=2)
        at = piece.due - timedelta(days=1) + minutes
        piece.events.append(Event(at, piece.judge, "move", name(), due=due))
    at = due + (timedelta(days=1) if late else -timedelta(hours=20)) + minutes
    parts = [piece.quantity] if rng.randrange(2) else [1] * piece.quantity
    for part in parts:
        at += timedelta(minutes=1)
        _deliver(rng, piece, part, at, returned, name())
    if late and rng.randrange(3):
        ask = name()
        asked = at + timedelta(hours=6)
        piece.events.append(Event(asked, piece.doer, "ask", ask))
        if rng.randrange(4) and piece.doer != AUTHORITY:
            lates = rng.randint(1, piece.quantity)
            decided = asked + timedelta(hours=20)
            piece.events.append(Event(decided, AUTHORITY, "waive", name(), of=ask, units=lates))


def _deliver(rng: Random, piece: Piece, units: int, at: datetime, returned: int, name: str) -> None:
    piece.events.append(Event(at, piece.doer, "deliver", name, units=units))
    judged = at + timedelta(hours=rng.randint(1, 5))
    if rng.randrange(100) >= returned:
        beyond = rng.randrange(3) == 0
        event = Event(judged, piece.judge, "accept", f"{name}-ok", of=name, beyond=beyond)
        piece.events.append(event)
        return
    fault = Event(
        judged, piece.judge, "return", f"{name}-no", of=name, faults=rng.randint(1, units)
    )
    piece.events.append(fault)
    again = judged + timedelta(hours=8)
    piece.events += [
        Event(again, piece.doer, "deliver", f"{name}-2", units=units),
        Event(again + timedelta(hours=2), piece.judge, "accept", f"{name}-2-ok", of=f"{name}-2"),
    ]


# Judgement


def _marks(rng: Random, story: Story, period: str, uid: str) -> Iterator[Mark]:
    """One for each unit served in; now and then a head forgets."""
    person = story.people[uid]
    units = person.units_in(period)
    for number, unit in enumerate(dict.fromkeys(units)):
        judge = story.superior(uid, unit)
        if judge is None or person.away(period) or rng.randrange(30) == 0:
            continue
        scores = {one: rng.randint(55, 89) * 10 for one in CRITERIA}
        said = {}
        if person.duty == "head":
            said = {one: rng.choice(["yes", "yes", "yes", "no"]) for one in ("dd", "e")}
        at = end(period) + timedelta(hours=9, minutes=number)
        yield Mark(at, judge, period, uid, unit, scores, said, own=unit == units[-1])


def _petitions(story: Story) -> list[Petition]:
    """In April: one about a lateness that nobody waived, which is upheld, and one that is not."""
    waived = {event.of for piece in story.pieces for event in piece.events if event.what == "waive"}
    late = next(
        piece
        for piece in story.pieces
        if piece.period == "2026-04"
        and any(e.what == "deliver" and e.at > piece.due for e in piece.events)
        and not any(e.what == "move" for e in piece.events)
        and not any(e.what == "ask" and e.id in waived for e in piece.events)
    )
    other = next(uid for uid in sorted(story.people) if uid.startswith("a1-9"))
    return [
        Petition("2026-04", late.doer, late.key, late.quantity),
        Petition("2026-04", other, None),
    ]
