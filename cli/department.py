"""One invented month of a provincial department, to show and to try the system with.

Pure and seeded: no clock, no I/O, and the same seed always gives the same play.
Every person, number and event is made up.

Time is counted in seconds of work: half a day has `HALF` of them, a deadline is
a border between two halves, and `_WorkTime` puts them on the clock so that nothing
happens within ten minutes of a deadline. What is on time therefore stays on time
when a player's clock runs a few minutes ahead.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from random import Random
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from cli import catalogue, names
from cli.catalogue import APPRAISER, DIRECTOR, GENERAL, HEAD, LAND, MONTHLY, PERSONNEL, Item
from shared.models.catalogue import Product
from shared.models.official import Leave, Official, Posting, Role
from shared.models.position import Position
from shared.models.unit import Unit
from shared.usecases.calendar import bounds, month_of
from shared.vietnamese import TIME_ZONE

Json = dict[str, Any]
Side = Literal["self", "head"]

ZONE = ZoneInfo(TIME_ZONE)
CRITERIA = ("conduct", "competence", "initiative")
"""Of the scheme decree-335@1."""
REVIEW = timedelta(days=5)
"""How long the generated heads may judge after the month's end."""


@dataclass(frozen=True)
class Ref:
    """The assignment that stands at `index` in the reply to the step with this `key`.

    Its id is known only when that step was played: keep the replies' lists of
    assignments by key, and a reference is `replies[ref.key][ref.index]`. An
    assigning step replies in the order of its work, then of the receivers (those
    of a unit or a position by id); a reassignment replies the old assignment,
    then its successor.
    """

    key: str
    index: int


@dataclass(frozen=True)
class Assign:
    """`by` sends `request`, the JSON of an AssignRequest, under the idempotency key `key`."""

    at: datetime
    by: str
    key: str
    request: Json


@dataclass(frozen=True)
class Answer:
    """`by` answers a proposal: `request` is the JSON of the answer, sent like an assignment."""

    at: datetime
    by: str
    key: str
    request: Json


@dataclass(frozen=True)
class Amend:
    """`by` decides about work: `request` is the JSON but for its `assignment`.

    The player adds it: `{**request, "assignment": replies[ref.key][ref.index]}`.
    Only work without any submission is reassigned or cancelled.
    """

    at: datetime
    by: str
    key: str
    ref: Ref
    request: Json


@dataclass(frozen=True)
class Report:
    """`by` appends `entry`, the JSON of a client entry without `by` and `at`."""

    at: datetime
    by: str
    ref: Ref
    entry_id: str
    entry: Json


@dataclass(frozen=True)
class Register:
    """`by`, who serves in `unit`, registers unplanned work straight in the store."""

    at: datetime
    by: str
    unit: str
    proposal: str
    title: str


@dataclass(frozen=True)
class Appraise:
    """`by` scores the general criteria of `official`, in hundredths of a point.

    Of a head, whoever is above also states đ and e.
    """

    at: datetime
    by: str
    official: str
    side: Side
    scores: dict[str, int]
    note: str | None
    statements: dict[str, str]


Step = Assign | Answer | Amend | Report | Register | Appraise


@dataclass(frozen=True)
class Play:
    """A department and what happened in it, in the order of time.

    Steps after the period's end, all before `closes_at`, only judge: work is
    accepted, returned, exempted or carried over to `next_period`, and people are
    appraised by their heads.
    """

    period: str
    next_period: str
    closes_at: datetime
    units: dict[str, Unit]
    officials: dict[str, Official]
    positions: dict[str, Position]
    catalogue: dict[str, Product]
    steps: list[Step]


DEPARTMENT = "so-nnmt"
DEPARTMENT_NAME = "Sở Nông nghiệp và Môi trường tỉnh Thái Nguyên"
SECTIONS = {
    "van-phong-so": ("Văn phòng Sở", {PERSONNEL: 2, GENERAL: 6}),
    "dang-ky-dat-dai": ("Phòng Đăng ký đất đai", {LAND: 9, GENERAL: 3}),
    "moi-truong": ("Phòng Môi trường", {APPRAISER: 7, GENERAL: 2}),
    "khoang-san-nuoc": ("Phòng Khoáng sản và Tài nguyên nước", {APPRAISER: 5, GENERAL: 2}),
}
"""Each unit's name, and how many hold which position besides its head."""

HALF = 200 * 60
"""Seconds of work in half a day."""
STARTS = (time(7, 40), time(13, 30))
DEADLINES = (time(11, 30), time(17))
SATURDAY = 5


class _WorkTime(NamedTuple):
    """The working days of a period and of its review; public holidays are worked."""

    days: list[date]
    end: int
    """The first second of the review."""

    @classmethod
    def of(cls, start: datetime, end: datetime, closes_at: datetime) -> "_WorkTime":
        worked = _working_days(start.date(), end.date())
        review = _working_days(end.date(), closes_at.date())
        return cls(worked + review, 2 * HALF * len(worked))

    def moment(self, second: int) -> datetime:
        half, past = divmod(second, HALF)
        start = datetime.combine(self.days[half // 2], STARTS[half % 2], ZONE)
        return (start + timedelta(seconds=past)).astimezone(UTC)

    def deadline(self, second: int) -> str:
        """The end of the half before `second`, which starts another."""
        half = second // HALF - 1
        return datetime.combine(self.days[half // 2], DEADLINES[half % 2], ZONE).isoformat()


def _working_days(first: date, end: date) -> list[date]:
    days = (first + timedelta(days=day) for day in range((end - first).days))
    return [day for day in days if day.weekday() < SATURDAY]


class _Manner(NamedTuple):
    """How somebody works: chances in per cent, and the share of unfinished work that comes."""

    name: str
    late: int
    returned: int
    unfinished: int
    share: tuple[int, int]
    points: tuple[int, int]
    """What the head gives for one criterion."""


EXCELLENT = _Manner("excellent", 2, 4, 0, (0, 0), (900, 1000))
GOOD = _Manner("good", 10, 12, 16, (30, 90), (640, 770))
BEHIND = _Manner("behind", 20, 20, 50, (25, 60), (550, 680))
FAR_BEHIND = _Manner("far behind", 25, 25, 85, (0, 30), (350, 500))
UNEVEN = (*[FAR_BEHIND] * 3, *[BEHIND] * 7, *[EXCELLENT] * 6)
"""Of the staff; everybody else is good."""
AGAIN = 20
"""Per cent of returned work that is returned once more."""
OVERLOOKED = 2
"""Per cent of submissions that nobody ever judges."""


class _Cast(NamedTuple):
    """Who plays, how they work, who is away all month, and whom the head forgets to score."""

    units: dict[str, Unit]
    officials: dict[str, Official]
    manners: dict[str, _Manner]
    absent: str
    forgotten: str

    @property
    def heads(self) -> list[str]:
        return sorted(uid for uid, official in self.officials.items() if official.is_head)

    def superior(self, uid: str) -> str | None:
        """Who gives somebody work and judges it."""
        unit = self.units[self.officials[uid].unit]
        head = unit.head
        if head == uid:
            head = self.units[unit.parent].head if unit.parent else None
        return head

    def staff(self, head: str) -> dict[str, list[str]]:
        """Whom a head gives work to, by position and id."""
        groups: dict[str, list[str]] = {}
        for uid, official in sorted(self.officials.items()):
            if self.superior(uid) == head and uid != self.absent:
                groups.setdefault(official.position or "", []).append(uid)
        return groups


class _Task(NamedTuple):
    """One assignment as the play sees it; times in seconds of work."""

    ref: Ref
    doer: str
    judge: str
    item: Item
    quantity: int
    given: int
    due: int


class _Work(NamedTuple):
    receivers: list[str]
    item: Item
    quantity: int
    due: int


class _Month(NamedTuple):
    """What the telling of the month draws on."""

    rng: Random
    period: str
    time: _WorkTime
    cast: _Cast

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent


def generate(seed: int, period: str = "2026-10") -> Play:
    """The play of this seed in a month like `2026-10`."""
    rng = Random(seed)  # noqa: S311  # a play, not a secret
    start, end = bounds(period, TIME_ZONE)
    closes_at = end + REVIEW
    cast = _cast(rng, start)
    month = _Month(rng, period, _WorkTime.of(start, end, closes_at), cast)
    steps = [step for head in cast.heads for step in _led_by(month, head)]
    steps += _appraisals(month)
    aside = month._replace(rng=Random(seed + 1))  # noqa: S311  # a play, not a secret
    for unit in SECTIONS:
        steps += _occasions(aside, cast.units[unit])
    return Play(
        period=period,
        next_period=month_of(end, TIME_ZONE),
        closes_at=closes_at,
        units=cast.units,
        officials=cast.officials,
        positions=catalogue.positions(),
        catalogue=catalogue.products(),
        steps=sorted(steps, key=lambda step: step.at),
    )


# The people


class _Seat(NamedTuple):
    unit: str
    position: str
    roles: list[Role]


def _seats() -> Iterator[_Seat]:
    yield _Seat(DEPARTMENT, DIRECTOR, ["official", "head", "authority"])
    yield _Seat(DEPARTMENT, PERSONNEL, ["official", "organiser"])
    for unit, (_, positions) in SECTIONS.items():
        yield _Seat(unit, HEAD, ["official", "head"])
        for position, count in positions.items():
            yield from [_Seat(unit, position, ["official"])] * count


def _cast(rng: Random, start: datetime) -> _Cast:
    seats = list(_seats())
    people = _people(rng, len(seats))
    officials = {
        uid: _official(rng, name, seat, start)
        for (uid, name), seat in zip(people.items(), seats, strict=True)
    }
    absent = rng.choice([uid for uid, one in officials.items() if one.position == LAND])
    officials[absent] = _on_leave(officials[absent], start)
    staff = [uid for uid, one in officials.items() if uid != absent and _is_staff(one)]
    manners = _manners(rng, staff) | {
        uid: rng.choice((EXCELLENT, GOOD, GOOD)) for uid in officials if uid not in staff
    }
    return _Cast(_units(officials), officials, manners, absent, rng.choice(staff))


def _is_staff(official: Official) -> bool:
    return official.unit != DEPARTMENT and not official.is_head


def _people(rng: Random, count: int) -> dict[str, str]:
    """Id → name; nobody shares either."""
    people: dict[str, str] = {}
    while len(people) < count:
        name = names.person(rng)
        people.setdefault(_uid(name), name)
    return people


def _uid(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c)).replace(" ", "-")


def _official(rng: Random, name: str, seat: _Seat, start: datetime) -> Official:
    postings = _postings(rng, seat.unit, start.year)
    is_head = seat.position in (DIRECTOR, HEAD)
    if is_head:
        postings = [*postings[:-1], postings[-1].model_copy(update={"duty": "head"})]
    return Official(
        name=name,
        roles=seat.roles,
        unit=seat.unit,
        position=seat.position,
        is_head=is_head,
        postings=postings,
        units=sorted({posting.unit for posting in postings}),
    )


def _postings(rng: Random, unit: str, year: int) -> list[Posting]:
    """Where somebody has served; one in five came from another unit, years or months ago."""
    since = datetime(year - rng.randint(1, 9), rng.randint(1, 12), 1, tzinfo=ZONE)
    current = Posting(unit=unit, start=since)
    if rng.randrange(5):
        return [current]
    elsewhere = rng.choice([other for other in SECTIONS if other != unit])
    before = since.replace(year=since.year - rng.randint(2, 6))
    return [Posting(unit=elsewhere, start=before, end=since), current]


def _on_leave(official: Official, start: datetime) -> Official:
    leave = Leave(
        start=start - timedelta(days=45),
        end=start + timedelta(days=120),
        reason="Đi học lớp cao cấp lý luận chính trị hệ tập trung",
    )
    return official.model_copy(update={"leave": [leave]})


def _units(officials: dict[str, Official]) -> dict[str, Unit]:
    heads = {official.unit: uid for uid, official in officials.items() if official.is_head}
    department = Unit(name=DEPARTMENT_NAME, path=[DEPARTMENT], head=heads[DEPARTMENT])
    return {DEPARTMENT: department} | {
        unit: Unit(name=name, parent=DEPARTMENT, path=[DEPARTMENT, unit], head=heads[unit])
        for unit, (name, _) in SECTIONS.items()
    }


def _manners(rng: Random, staff: Sequence[str]) -> dict[str, _Manner]:
    shuffled = rng.sample(staff, len(staff))
    good = [GOOD] * (len(staff) - len(UNEVEN))
    return dict(zip(shuffled, [*UNEVEN, *good], strict=True))


# Work is given

WAVES = 4
"""How often in the month a head gives work; the month's report comes with the first."""


def _led_by(month: _Month, head: str) -> Iterator[Step]:
    """A head's month: work given, changed, done and judged."""
    staff = month.cast.staff(head)
    tasks: list[_Task] = []
    for wave in range(WAVES):
        step, given = _assigned(month, head, staff, wave)
        yield step
        tasks += given
    changes, standing = _changed(month, head, staff, tasks)
    yield from changes
    for task in standing:
        yield from _done(month, task)


def _assigned(
    month: _Month, head: str, staff: dict[str, list[str]], wave: int
) -> tuple[Assign, list[_Task]]:
    halves = month.time.end // HALF
    # The first days of the month, then about its first, second and third quarter.
    given = wave * halves * 2 // 9 * HALF + month.rng.randrange(HALF)
    works = list(_works(month, staff, wave, given))
    key = f"assign-{head}-{wave + 1}"
    request = {
        "action": "assign",
        "period": month.period,
        "work": [_work_json(month, head, work) for work in works],
    }
    orders = [(work, uid) for work in works for uid in work.receivers]
    tasks = [
        _Task(Ref(key, index), uid, head, work.item, work.quantity, given, work.due)
        for index, (work, uid) in enumerate(orders)
    ]
    return Assign(month.time.moment(given), head, key, request), tasks


def _works(month: _Month, staff: dict[str, list[str]], wave: int, given: int) -> Iterator[_Work]:
    """To all the month's report; to each position one or two products; the rest to few."""
    if wave == 0:
        everybody = sorted(chain.from_iterable(staff.values()))
        due = month.time.end - month.rng.randrange(3) * HALF
        yield _Work(everybody, catalogue.BY_ID[MONTHLY], 1, due)
    for position, holders in staff.items():
        items = [item for item in catalogue.items_of(position) if item.id != MONTHLY]
        for item in month.rng.sample(items, 2 if wave == 0 else 1):
            yield _work(month, holders, item, given)
        for few in _handfuls(month.rng, _singled_out(month.rng, holders, wave)):
            yield _work(month, few, month.rng.choice(items), given)


def _singled_out(rng: Random, holders: list[str], wave: int) -> list[str]:
    """Who gets work of their own: nobody at first, then everybody, at last every other."""
    most = {0: 0, WAVES - 1: (len(holders) + 1) // 2}.get(wave, len(holders))
    return rng.sample(holders, most)


def _handfuls(rng: Random, people: list[str]) -> Iterator[list[str]]:
    while people:
        size = rng.randint(1, 3)
        yield sorted(people[:size])
        people = people[size:]


def _work(month: _Month, receivers: list[str], item: Item, given: int) -> _Work:
    quantity = month.rng.randint((item.most + 1) // 2, item.most)
    due = (given // HALF + month.rng.randint(4, 14)) * HALF
    return _Work(receivers, item, quantity, min(due, month.time.end))


def _work_json(month: _Month, head: str, work: _Work) -> Json:
    title = _title(month, work.item)
    return {
        "to": _to(month.cast, head, work.receivers),
        "product": work.item.id,
        **({"title": title} if title else {}),
        "quantity": work.quantity,
        "due": month.time.deadline(work.due),
    }


def _title(month: _Month, item: Item) -> str | None:
    """A title that says more than the product's, now and then."""
    if item.id == MONTHLY:
        year, _, number = month.period.partition("-")
        return f"{item.title} {number}/{year}"
    if item.measure in ("hồ sơ", "cuộc") and month.chance(40):
        return f"{item.title} – {month.rng.choice(names.PLACES)}"
    return None


def _to(cast: _Cast, head: str, receivers: list[str]) -> Json:
    """The shortest way to name exactly these people."""
    if len(receivers) > 1:
        for wide in _wide(cast, head):
            if _reached(cast, head, wide) == receivers:
                return wide
    return {"officials": receivers}


def _wide(cast: _Cast, head: str) -> Iterator[Json]:
    """All a head can name at once: the own unit, a position in it, a position anywhere."""
    unit = cast.officials[head].unit
    yield {"unit": unit}
    for position in catalogue.POSITION_TITLES:
        yield {"position": position, "in_unit": unit}
        yield {"position": position}


def _reached(cast: _Cast, head: str, to: Json) -> list[str]:
    """Whom the use case finds: by id, without the caller, and without a unit's head."""
    unit = to.get("unit", to.get("in_unit"))
    return [
        uid
        for uid, official in sorted(cast.officials.items())
        if uid != head
        and unit in (None, official.unit)
        and to.get("position") in (None, official.position)
        and not ("unit" in to and official.is_head)
    ]


# Work is changed


def _changed(
    month: _Month, head: str, staff: dict[str, list[str]], tasks: list[_Task]
) -> tuple[list[Step], list[_Task]]:
    """Some deadlines moved, some work reassigned or cancelled; and the work as it then stands."""
    room = [task for task in tasks if task.due + 2 * HALF <= month.time.end]
    room = month.rng.sample([task for task in room if task.item.id != MONTHLY], 7)
    standing = [task for task in tasks if task not in room]
    steps: list[Step] = []
    # Heads do not stand in for one another, so the director only moves deadlines.
    reassigned, cancelled = (0, 0) if HEAD in staff else (2, month.rng.randint(1, 2))
    for number, task in enumerate(room):
        if number < reassigned:
            more, left = _reassigned(month, head, staff, task)
        elif number < reassigned + cancelled:
            more, left = _cancelled(month, head, task)
        elif number < reassigned + cancelled + 3:
            more, left = _moved(month, head, task)
        else:
            more, left = [], [task]
        steps += more
        standing += left
    return steps, standing


def _reassigned(
    month: _Month, head: str, staff: dict[str, list[str]], task: _Task
) -> tuple[list[Step], list[_Task]]:
    at = _early(month.rng, task)
    peers = staff[month.cast.officials[task.doer].position or ""]
    to = month.rng.choice([uid for uid in peers if uid != task.doer])
    reason = month.rng.choice(names.REASSIGNED)
    step = _amend(month, head, task, at, {"action": "reassign", "to": to, "reason": reason})
    successor = task._replace(ref=Ref(step.key, 1), doer=to, given=at)
    return [*_noted(month, task, at, 1), step], [successor]


def _cancelled(month: _Month, head: str, task: _Task) -> tuple[list[Step], list[_Task]]:
    at = _early(month.rng, task)
    reason = names.about(names.CANCELLED, task.item.measure, month.rng)
    step = _amend(month, head, task, at, {"action": "cancel", "reason": reason})
    return [*_noted(month, task, at, 1), step], []


def _moved(month: _Month, head: str, task: _Task) -> tuple[list[Step], list[_Task]]:
    """Moved to a later time, by some heads only after it fell due."""
    after = month.chance(15)
    when = (task.due, task.due + HALF) if after else ((task.given + task.due) // 2, task.due)
    at = month.rng.randrange(*when)
    due = min(task.due + month.rng.randint(2, 6) * HALF, month.time.end)
    reason = month.rng.choice(names.MOVED)
    request = {"action": "move_deadline", "due": month.time.deadline(due), "reason": reason}
    return [_amend(month, head, task, at, request)], [task._replace(given=at, due=due)]


def _early(rng: Random, task: _Task) -> int:
    return rng.randrange(task.given + HALF // 4, (task.given + task.due) // 2)


def _amend(month: _Month, head: str, task: _Task, at: int, request: Json) -> Amend:
    key = f"{request['action'].replace('_', '-')}-{task.ref.key}-{task.ref.index}"
    return Amend(month.time.moment(at), head, key, task.ref, request)


# Work is done

MANY = 5
"""Units that may come in two deliveries."""


def _done(month: _Month, task: _Task) -> Iterator[Report | Amend]:
    """One assignment from the doer's first note to the last word on it."""
    manner = month.cast.manners[task.doer]
    quantity = _delivered(month, task.quantity, manner)
    late = quantity > 0 and task.due < month.time.end and month.chance(manner.late)
    at = _handed_in_at(month, task, late=late)
    yield from _noted(month, task, at, month.rng.choice((0, 1, 1, 2)))
    for part, when in _parts(month.rng, quantity, (task.given + at) // 2, at):
        yield from _submitted(month, task, part, when, manner.returned)
    if late and month.chance(40):
        asked = _exemption_requested(month, task, at)
        yield asked
        yield from _exemption_decided(month, task, asked, at)


def _delivered(month: _Month, quantity: int, manner: _Manner) -> int:
    if not month.chance(manner.unfinished):
        return quantity
    return quantity * month.rng.randint(*manner.share) // 100


def _handed_in_at(month: _Month, task: _Task, *, late: bool) -> int:
    if late:
        return month.rng.randrange(task.due, min(task.due + 6 * HALF, month.time.end))
    # The latest of three: people deliver close to the deadline.
    half_way = (task.given + task.due) // 2
    return max(month.rng.randrange(half_way, task.due) for _ in range(3))


def _parts(rng: Random, quantity: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """How much comes when: many units sometimes in two deliveries."""
    early = rng.randint(1, quantity - 1) if quantity >= MANY and rng.randrange(3) == 0 else 0
    if early:
        yield early, rng.randrange(first, last)
    if quantity:
        yield quantity - early, last


def _noted(month: _Month, task: _Task, before: int, count: int) -> Iterator[Report]:
    """Notes on how far the work is, at even distances since it was given."""
    pace = (before - task.given) // (count + 1)
    percent = 0
    for number in range(1, count + 1):
        percent += month.rng.randint(2, 8) * 5
        note = names.about(names.PROGRESS, task.item.measure, month.rng)
        entry = {"kind": "progress", "percent": percent, "note": note}
        at = task.given + number * pace - month.rng.randrange(pace // 2)
        yield _report(month, task, task.doer, at, entry)


def _submitted(
    month: _Month, task: _Task, quantity: int, at: int, returned: int, *, again: bool = False
) -> Iterator[Report]:
    """A delivery and what became of it; `returned` is the chance of that in per cent."""
    submission = _report(
        month, task, task.doer, at, _submission(month, task, quantity, again=again)
    )
    yield submission
    judged = at + _delay(month.rng)
    if month.chance(returned):
        entry = _returned(month, task, submission.entry_id, quantity)
        yield _report(month, task, task.judge, judged, entry)
        next_time = judged + _delay(month.rng)
        if next_time < month.time.end:
            yield from _submitted(month, task, quantity, next_time, AGAIN, again=True)
    elif not month.chance(OVERLOOKED):
        entry = _accepted(month, submission.entry_id)
        yield _report(month, task, task.judge, judged, entry)


def _delay(rng: Random) -> int:
    """From 20 minutes to two days of work, so that the review of three days suffices."""
    return rng.randint(20 * 60, 4 * HALF)


def _submission(month: _Month, task: _Task, quantity: int, *, again: bool) -> Json:
    measure = task.item.measure
    if again:
        note = month.rng.choice(names.RESUBMITTED)
    else:
        note = names.about(names.SUBMITTED, measure, month.rng)
    paper = names.EVIDENCE.get(measure, names.EVIDENCE[""]).format(month.rng.randint(120, 4200))
    return {"kind": "submission", "quantity": quantity, "note": note, "evidence": [paper]}


def _returned(month: _Month, task: _Task, submission: str, quantity: int) -> Json:
    return {
        "kind": "returned",
        "submission": submission,
        "faults": month.rng.randint(1, (quantity + 2) // 3),
        "reason": names.about(names.RETURNED, task.item.measure, month.rng),
    }


def _accepted(month: _Month, submission: str) -> Json:
    """Heads seldom say why they accept."""
    note = {"note": month.rng.choice(names.ACCEPTED)} if month.chance(30) else {}
    return {"kind": "accepted", "submission": submission, **note}


def _exemption_requested(month: _Month, task: _Task, submitted: int) -> Report:
    entry = {
        "kind": "exemption_requested",
        "reason": month.rng.choice(names.OBJECTIVE_CAUSES),
        "evidence": [names.EVIDENCE[""].format(month.rng.randint(120, 4200))],
    }
    at = min(submitted + _delay(month.rng), month.time.end - 1)
    return _report(month, task, task.doer, at, entry)


def _exemption_decided(month: _Month, task: _Task, asked: Report, late_at: int) -> Iterator[Amend]:
    """By the director; what she assigned herself would be for somebody above her."""
    authority = month.cast.units[DEPARTMENT].head
    if authority is None or task.judge == authority:
        return
    granted = late_at % 4 > 0
    request = {
        "action": "decide_exemption",
        "request": asked.entry_id,
        "lates_waived": int(granted),
        "faults_waived": 0,
        "reason": names.EXEMPTED if granted else names.NOT_EXEMPTED,
    }
    yield _amend(month, authority, task, late_at + 5 * HALF, request)


def _report(month: _Month, task: _Task, by: str, at: int, entry: Json) -> Report:
    entry_id = f"{month.rng.getrandbits(80):020x}"
    return Report(month.time.moment(at), by, task.ref, entry_id, entry)


# What a month also holds


def _occasions(month: _Month, unit: Unit) -> Iterator[Step]:
    """In each section: a product made by two, unplanned work, and some that takes longer."""
    head = unit.head or ""
    staff = sorted(chain.from_iterable(month.cast.staff(head).values()))
    pair = month.rng.sample(staff, 2)
    yield from _shared(month, head, pair)
    yield from _unplanned(month, head, unit.path[-1], pair[0], accepted=True)
    yield from _unplanned(month, head, unit.path[-1], pair[1], accepted=False)
    yield from _carried_over(month, head, pair[1])


def _shared(month: _Month, head: str, pair: list[str]) -> Iterator[Step]:
    lead, other = pair
    given = 8 * HALF + month.rng.randrange(HALF)
    item, due = _item(month, lead), (given // HALF + 10) * HALF
    key = f"share-{head}"
    to = {"lead": lead, "shares": {lead: 60, other: 40}}
    yield _one_assigned(month, head, key, given, to, item, due)
    for index, doer in enumerate(pair):
        yield from _done(month, _Task(Ref(key, index), doer, head, item, 1, given, due))


def _unplanned(month: _Month, head: str, unit: str, uid: str, *, accepted: bool) -> Iterator[Step]:
    told = 10 * HALF + month.rng.randrange(HALF)
    answered, due = told + HALF, (told // HALF + 9) * HALF
    proposal = f"{month.rng.getrandbits(80):020x}"
    yield Register(month.time.moment(told), uid, unit, proposal, month.rng.choice(names.UNPLANNED))
    key, item = f"answer-{proposal}", _item(month, uid)
    request: Json = {"action": "decline_proposal", "reason": names.DECLINED}
    if accepted:
        worth = {"product": item.id, "due": month.time.deadline(due)}
        request = {"action": "accept_proposal", **worth}
    request["proposal"] = proposal
    yield Answer(month.time.moment(answered), head, key, request)
    if accepted:
        yield from _done(month, _Task(Ref(key, 0), uid, head, item, 1, answered, due))


def _carried_over(month: _Month, head: str, uid: str) -> Iterator[Step]:
    """Begun, not finished by the month's end, and taken on to the next one in the review."""
    given = 20 * HALF + month.rng.randrange(HALF)
    item, key = _item(month, uid), f"longer-{head}"
    yield _one_assigned(month, head, key, given, {"officials": [uid]}, item, month.time.end)
    task = _Task(Ref(key, 0), uid, head, item, 1, given, month.time.end)
    yield from _noted(month, task, month.time.end, 2)
    last = month.time.days[-1]
    due = datetime.combine(last + timedelta(days=14), DEADLINES[1], ZONE)
    request = {
        "action": "carry_over",
        "period": month_of(due, TIME_ZONE),
        "due": due.isoformat(),
        "reason": names.CARRIED_OVER,
    }
    yield _amend(month, head, task, month.time.end + 2 * HALF + month.rng.randrange(HALF), request)


def _item(month: _Month, uid: str) -> Item:
    position = month.cast.officials[uid].position or ""
    return month.rng.choice([one for one in catalogue.items_of(position) if one.id != MONTHLY])


def _one_assigned(
    month: _Month, head: str, key: str, given: int, to: Json, item: Item, due: int
) -> Assign:
    work = {"to": to, "product": item.id, "quantity": 1, "due": month.time.deadline(due)}
    request = {"action": "assign", "period": month.period, "work": [work]}
    return Assign(month.time.moment(given), head, key, request)


# People are appraised


def _appraisals(month: _Month) -> Iterator[Appraise]:
    """By oneself in the last three days, by the head in the first two of the review."""
    for uid in sorted(month.cast.officials):
        superior = month.cast.superior(uid)
        if superior is None or uid == month.cast.absent:
            continue
        head_part = _by_head(month, uid, superior)
        yield _by_self(month, uid, head_part.scores)
        if uid != month.cast.forgotten:
            yield head_part


def _by_head(month: _Month, uid: str, head: str) -> Appraise:
    manner = month.cast.manners[uid]
    low, high = manner.points
    scores = {criterion: month.rng.randint(low // 10, high // 10) * 10 for criterion in CRITERIA}
    at = month.time.end + month.rng.randrange(4 * HALF)
    note = month.rng.choice(names.HEAD_NOTES[manner.name])
    stated = {"dd": "yes" if manner is EXCELLENT else "no", "e": "yes"}
    is_head = month.cast.officials[uid].is_head
    return Appraise(
        month.time.moment(at), head, uid, "head", scores, note, stated if is_head else {}
    )


def _by_self(month: _Month, uid: str, by_head: dict[str, int]) -> Appraise:
    """People think of themselves as their heads do, or a little better."""
    at = month.time.end - 1 - month.rng.randrange(6 * HALF)
    scores = {
        one: min(1000, given + month.rng.randint(0, 3) * 50) for one, given in by_head.items()
    }
    note = month.rng.choice(names.SELF_NOTES) if month.chance(60) else None
    return Appraise(month.time.moment(at), uid, uid, "self", scores, note, {})
