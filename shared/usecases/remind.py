"""Remind people: fanned out by unit, in their inbox always, on their phones when they may ring.

Every step may run twice or be killed midway: a notice is created under an id that follows
from what it says, and is marked as pushed before it is pushed. So nothing is sent twice;
a push that was lost with its process is lost, and its notice is in the inbox.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from shared import refs
from shared.errors import RefusedError
from shared.models.appraisal import Appraisal
from shared.models.assignment import Assignment
from shared.models.base import Id, Part, PeriodId
from shared.models.device import Device
from shared.models.notice import Notice
from shared.models.official import Official, Role
from shared.models.period import Period
from shared.models.result import RefusedEntry
from shared.models.scheme import Scheme
from shared.models.unit import Unit
from shared.ports import (
    Message,
    Push,
    Queue,
    Services,
    Store,
    Stored,
    Where,
    Write,
    create,
    delete,
    patch,
)
from shared.refs import Ref
from shared.scoring.evaluation import unsaid
from shared.settings import Settings
from shared.usecases.close import close_overdue, task_safe
from shared.usecases.context import context, known_from, sources_of
from shared.usecases.people import take_effect
from shared.usecases.quiet import Quiet
from shared.usecases.reading import batches, read_each
from shared.usecases.reminders import (
    Digest,
    Planned,
    Waiting,
    in_line,
    is_behind,
    to_administrator,
    to_doer,
    to_head,
    to_next_in_line,
    to_rated,
    to_scorer_in_place,
    to_self_scorer,
    waiting,
)
from shared.usecases.schemes import Schemes
from shared.usecases.working_days import read_days_off

LATELY = timedelta(days=60)
"""How long after its close people are still told of a period."""
PATIENCE = timedelta(days=3)
"""How long somebody may leave a product unjudged before the next in line is told."""
LAST_DAYS = timedelta(days=2)
"""Before the lock, when heads above are told of scores that are missing, unless the period says."""
DEVICES = 10
"""Of one person: the last that were registered."""
HOUR = "%Y%m%dT%H"


class RemindTask(Part):
    """Nothing: what is to be said follows from the store and the time."""


class RemindUnit(Part):
    unit: Id
    periods: Annotated[list[PeriodId], Field(max_length=60)]


@dataclass(frozen=True)
class _Place:
    """A unit, with everybody who serves or served there."""

    id: str
    unit: Unit
    people: dict[str, Official]
    names: dict[str, str]


def remind(services: Services) -> None:
    """Fan out by unit; called by the scheduler, as often as it likes.

    Also without a period: transfers that were entered ahead take effect on their day.
    A period that should have closed is asked for again.
    """
    now = services.clock.now()
    known = _periods(services.store)
    close_overdue(services.queue, known, now)
    periods = [one.id for one in known if one.state != "final" or now < one.closes_at + LATELY]
    for found in services.store.find(refs.units):
        _enqueue(services.queue, RemindUnit(unit=found.ref.id, periods=periods[-60:]), now, None)


def remind_unit(services: Services, push: Push, settings: Settings, task: RemindUnit) -> None:
    """Tell everybody whom this unit's work concerns what to do next.

    Before that, transfers from the unit whose day has come take effect.
    While it is quiet nothing is pushed, and the task comes again when it ends.
    """
    store, now = services.store, services.clock.now()
    place, quiet = _place(store, task.unit), _quiet(store, settings, now)
    if place is None:
        return
    planned: list[Planned] = []
    if leaving := _leaving(place, now):
        planned += [one for uid in leaving for one in _transfer(store, place, uid, now)]
        place = _place(store, task.unit) or place
    for period in _readable(store, [refs.periods(name) for name in task.periods]):
        planned += _of_period(store, place, period, now, quiet)
    silent_until = quiet.until(now)
    left = _deliver(store, push, planned, now, silent=silent_until is not None)
    if left and silent_until is not None:
        _enqueue(services.queue, task, silent_until, silent_until)


def _leaving(place: _Place, now: datetime) -> list[str]:
    """Those here whose transfer, also to other duties here, was to come and is there."""
    here = {uid: one.ahead for uid, one in place.people.items() if one.unit == place.id}
    return [uid for uid, ahead in here.items() if ahead is not None and ahead.start <= now]


def _transfer(store: Store, place: _Place, uid: str, now: datetime) -> Iterator[Planned]:
    """Where it cannot take effect, administrators are told why."""
    try:
        take_effect(store, uid, now)
    except RefusedError as error:
        for administrator in _with_role(store, "administrator"):
            yield to_administrator(administrator, uid, place.names[uid], error.faults[0], now)


def _with_role(store: Store, role: Role) -> list[str]:
    found = store.find(refs.officials, where=Where("roles", "array_contains", role))
    return [one.ref.id for one in found]


def _quiet(store: Store, settings: Settings, now: datetime) -> Quiet:
    years = (now.year, now.year + 1)
    off = store.transact(lambda transaction: read_days_off(transaction, years))

    def works(day: date) -> bool:
        return not settings.quiet_days_off or off.works(day)

    return Quiet(settings.quiet_from, settings.quiet_until, settings.quiet_zone, works)


def _enqueue(queue: Queue, task: RemindUnit, stamp: datetime, at: datetime | None) -> None:
    name = f"remind_unit-{task_safe(task.unit)}-{stamp.strftime(HOUR)}{'-later' if at else ''}"
    queue.enqueue("remind_unit", task.fields(), name=name, at=at)


def _periods(store: Store) -> list[Period]:
    found = []
    for one in store.find(refs.periods):
        try:
            found.append(one.value)
        except ValidationError:
            continue  # a record that cannot be read silences no other
    return found


def _readable(store: Store, wanted: Sequence[Ref[Period]]) -> list[Period]:
    return [one for one in read_each(store, wanted) if isinstance(one, Period)]


def _place(store: Store, name: str) -> _Place | None:
    unit = store.get(refs.units(name))
    if unit is None:
        return None
    people = {}
    for found in store.find(refs.officials, where=Where("units", "array_contains", name)):
        try:
            people[found.ref.id] = found.value
        except ValidationError:
            continue  # as above
    return _Place(name, unit, people, {uid: one.name for uid, one in people.items()})


def _of_period(
    store: Store, place: _Place, period: Period, now: datetime, quiet: Quiet
) -> Iterator[Planned]:
    if period.state == "open" and not period.parts:  # a roll-up is nobody's work
        yield from _of_open(store, place, period, now, quiet)
    elif period.state in ("review", "final"):
        for uid in _residents(place, period):
            yield to_rated(uid, period, now, period.petition_until)


def _of_open(
    store: Store, place: _Place, period: Period, now: datetime, quiet: Quiet
) -> Iterator[Planned]:
    digests: dict[str, Digest] = defaultdict(Digest)
    head, line = place.unit.head or "", _Line(store, place, now)
    for found in store.find(refs.assignments, prefix=f"{period.id}_{place.id}_"):
        try:
            assignment: Assignment = found.value
        except ValidationError:
            continue  # finalize names it
        yield from to_doer(found.ref.id, assignment, now, quiet.zone)
        if is_behind(assignment, now) and assignment.official != head:
            digests[head].behind[assignment.official] += 1
        for one in waiting(found.ref.id, assignment):
            digests[one.approver].waiting.append(one)
            yield from line.tell(one)
    missing = _missing(store, place, period, now)
    if place.unit.head:
        digests[place.unit.head].unscored += missing
    yield from _handed_on(line, period, missing, quiet.zone)
    yield from _to_score(store, place, period, now, quiet.zone)
    for uid, digest in digests.items():
        if uid and quiet.works(now.astimezone(quiet.zone).date()):
            yield from to_head(uid, (place.id, period.id), digest, place.names, now, quiet.zone)


def _residents(place: _Place, period: Period) -> list[str]:
    return [
        uid
        for uid, official in place.people.items()
        if official.roles and official.unit_in(period.start, period.end) == place.id
    ]


def _to_score(
    store: Store, place: _Place, period: Period, now: datetime, zone: ZoneInfo
) -> Iterator[Planned]:
    """From the time when people score themselves: who has not."""
    if now < (period.self_from or period.end):
        return
    residents = _residents(place, period)
    found = read_each(store, [refs.appraisal(period.id, uid) for uid in residents])
    for uid, appraisal in zip(residents, found, strict=True):
        if not _has_scored(appraisal):
            until = period.self_until or period.closes_at
            yield from to_self_scorer(uid, period, until, now, zone)


def _missing(store: Store, place: _Place, period: Period, now: datetime) -> list[str]:
    """From the period's end: whom the unit's head is to score and has not, or not to the full."""
    if now < period.end:
        return []
    units = store.find(refs.units, where=Where("parent", "==", place.id))
    heads = [one.fields.get("head") for one in units]
    members = [uid for uid in _residents(place, period) if uid != place.unit.head]
    return _unscored(store, place, period, [*members, *filter(None, heads)])


def _handed_on(
    line: "_Line", period: Period, missing: Sequence[str], zone: ZoneInfo
) -> Iterator[Planned]:
    """What the head has not scored goes to deputies, then to the head above, else to organisers."""
    above = period.above_from or period.closes_at - LAST_DAYS
    for step, since in ((0, period.deputies_from), (1, above)):
        if since is None or line.now < since or not missing:
            continue
        for uid in line.deputies if step == 0 else line.levels[1] or line.levels[2]:
            names = [line.place.names.get(one, one) for one in missing if one != uid]
            place, until = (period.id, line.place.id), (period.closes_at, zone)
            if names and uid != line.place.unit.head:
                yield to_scorer_in_place(uid, place, names, since, line.now, until)


def _unscored(store: Store, place: _Place, period: Period, uids: Sequence[str]) -> list[str]:
    """Whose scores would not count as they stand: none, not all, or without a reason asked for."""
    scheme = Schemes(store).get(period.scheme)
    elsewhere = [uid for uid in uids if uid not in place.people]
    records = read_each(store, [refs.officials(uid) for uid in elsewhere])
    people = {**place.people, **dict(zip(elsewhere, records, strict=True))}
    return [uid for uid in uids if _is_unscored(store, scheme, period, uid, people[uid])]


def _is_unscored(store: Store, scheme: Scheme, period: Period, uid: str, record: object) -> bool:
    official = record if isinstance(record, Official) else None
    found = read_each(store, sources_of(official, uid, period, scheme))
    read = [None if isinstance(one, RefusedEntry) else one for one in found]
    known = known_from(official, period, scheme, read)
    capacity, assessments = context(period, scheme, known)
    told = assessments[period.id]
    return not told.away and unsaid(scheme.root(capacity.subject), told, scheme.justification)


def _has_scored(appraisal: object) -> bool:
    return isinstance(appraisal, Appraisal) and appraisal.by_self is not None


@dataclass
class _Line:
    """Who is next after the approver: a deputy standing in, the head above, organisers."""

    store: Store
    place: _Place
    now: datetime

    @cached_property
    def levels(self) -> list[list[str]]:
        """Read once, and only for a unit in which somebody waits too long."""
        place = self.place
        parent = self.store.get(refs.units(place.unit.parent)) if place.unit.parent else None
        return [
            [uid for uid, one in place.people.items() if place.id in one.heads_at(self.now)],
            [parent.head] if parent and parent.head else [],
            _with_role(self.store, "organiser"),
        ]

    @property
    def deputies(self) -> list[str]:
        """By duty, or standing in for the head."""
        here = self.place.people.items()
        by_duty = [uid for uid, one in here if one.roles and one.is_deputy_of(self.place.id)]
        return sorted({*by_duty, *self.levels[0]})

    def tell(self, one: Waiting) -> Iterator[Planned]:
        """Nobody is told of their own work, nor the approver again.

        Who stands in for a head judges nothing of that head's.
        """
        overdue = self.now - one.since
        if overdue < PATIENCE:
            return
        chain = [
            [uid for uid in level if uid not in (one.approver, one.official)]
            for level in self.levels
        ]
        if one.official == self.place.unit.head:
            chain[0] = []
        turn = in_line(chain, overdue, PATIENCE)
        name = self.place.names.get(one.official, one.official)
        for uid in [] if turn is None else chain[turn]:
            yield to_next_in_line(uid, one, turn or 0, name, self.now)


def _deliver(
    store: Store, push: Push, planned: Sequence[Planned], now: datetime, *, silent: bool
) -> bool:
    """Create what is not there yet, push what was not pushed; whether something is left to push."""
    left = False
    distinct = {(one.to, one.id): one for one in planned}
    for batch in batches(distinct[key] for key in sorted(distinct)):
        stored = store.get_all([refs.inbox(one.to)(one.id) for one in batch])
        pairs = list(zip(batch, stored, strict=True))
        fresh = [one for one, old in pairs if old is None or _is_unpushed(old.value)]
        left = left or bool(fresh)
        store.commit(list(_writes(pairs, now, silent=silent)))
        if not silent:
            _push_each(store, push, fresh)
    return left


def _is_unpushed(notice: Notice) -> bool:
    return notice.pushed_at is None and notice.read_at is None


def _writes(
    pairs: Sequence[tuple[Planned, Stored[Notice] | None]], now: datetime, *, silent: bool
) -> Iterator[Write]:
    """Marked as pushed beforehand, by whoever is first: another run finds a conflict."""
    pushed_at = None if silent else now
    for one, old in pairs:
        ref = refs.inbox(one.to)(one.id)
        if old is None:
            yield create(ref, one.notice.model_copy(update={"pushed_at": pushed_at}))
        elif not silent and _is_unpushed(old.value):
            yield patch(ref, {("pushed_at",): now}, old.version)


def _push_each(store: Store, push: Push, fresh: Sequence[Planned]) -> None:
    """One message a person, however much there is to say; devices that are gone are forgotten."""
    for uid, group in groupby(fresh, key=lambda one: one.to):
        notices = [one.notice for one in group]
        devices = _devices(store, uid)
        messages = [_message(device, notices) for _, device in devices]
        gone = push.send(messages)
        lost = [delete(ref) for ref, device in devices if device.installation in gone]
        if lost:
            store.commit(lost)


def _devices(store: Store, uid: str) -> list[tuple[Ref[Device], Device]]:
    found = []
    for one in store.find(refs.devices(uid)):
        try:
            found.append((one.ref, one.value))
        except ValidationError:
            continue  # as above
    return sorted(found, key=lambda pair: pair[1].at)[-DEVICES:]


def _message(device: Device, notices: Sequence[Notice]) -> Message:
    vi = device.language == "vi"
    title, body = notices[0].title, notices[0].body
    if len(notices) == 1:
        return Message(
            device.installation, title.vi if vi else title.en, body.vi if vi else body.en
        )
    titles = sorted({one.title.vi if vi else one.title.en for one in notices})
    count = len(notices)
    head = f"Rõ Việc: {count} thông báo mới" if vi else f"Rõ Việc: {count} new notices"
    return Message(device.installation, head, "; ".join(titles))
