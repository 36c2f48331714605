"""Import real work: the cases of another system become assignments, its events entries.

Everything has an id derived from the source, so importing the same log again
changes nothing, and an import that was cut short is finished by repeating it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice

from pydantic import ValidationError

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.assignment import Assignment, Evidenced, Origin
from shared.models.base import Part
from shared.models.entry import (
    Accepted,
    Corrected,
    Entry,
    Progress,
    Retracted,
    Returned,
    Submission,
)
from shared.models.imported import Imported
from shared.models.period import Period
from shared.models.profile import Profile
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction, Write, create, put
from shared.scoring.digest import digest
from shared.scoring.fold import fold_all
from shared.usecases.assign import evidence_for, first_entry, new_assignment
from shared.usecases.calendar import bounds, month_of
from shared.usecases.caller import Caller, require
from shared.usecases.case_log import BadRow, Case, Log, read_log
from shared.usecases.enrol import enrolments, find_homes, found_unit
from shared.usecases.opened import no_period, read_open
from shared.usecases.reading import batches
from shared.usecases.recorded import Change, by_content, recorded
from shared.usecases.room import MOST, rooms
from shared.usecases.schemes import Schemes

LARGEST = 400
"""Documents in one commit, about; a case of more events goes in several."""
OVERHEAD = 9
"""Documents of a case beside its events: itself, its claim, its people, how it ended."""
STAMP = "%Y%m%dT%H%M%S%f"
STANDARD_K = 1000
PRODUCT = "case"


class ImportReport(Part):
    """What one import did; counts of documents, and the rows left out with the reason.

    `later` counts events at or after the end of their case's period, which are
    that period's no more, or in the future. `differs` names cases of which the source
    says otherwise than an earlier import: their events are imported all the same.
    """

    rows: int
    cases: int
    outside: int
    assignments: int
    entries: int
    unchanged: int
    later: int
    refused: list[BadRow]
    differs: list[BadRow]


@dataclass
class _Tally:
    log: Log
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[BadRow] = field(default_factory=list)
    differs: list[BadRow] = field(default_factory=list)

    def refuse(self, case: Case, reason: str) -> None:
        """Once, also when several parts of it are refused."""
        bad = BadRow(row=case.row, case=case.id, reason=reason)
        self.refused += [] if bad in self.refused[-1:] else [bad]

    def report(self) -> ImportReport:
        refused = sorted([*self.log.bad, *self.refused], key=lambda bad: bad.row)
        return ImportReport(
            rows=self.log.rows,
            cases=len(self.log.cases),
            outside=self.counts["outside"],
            assignments=self.counts["assignments"],
            entries=self.counts["entries"],
            unchanged=self.counts["unchanged"],
            later=self.counts["later"],
            refused=refused,
            differs=sorted(self.differs, key=lambda one: one.row),
        )


def import_cases(
    services: Services, caller: Caller, content: bytes, profile: Profile, month: str | None
) -> Iterator[int | ImportReport]:
    """Import a log, or the cases due in one month of it.

    Yields the number of cases dealt with so far, after each chunk, and the
    report at the end. Raises RefusedError before anything is written when the
    log as a whole cannot be read.
    """
    if not caller.is_system:
        require(caller, "organiser")
    log = read_log(content, profile)
    _require_unbiased(services.store, caller, log, profile)
    asked = {"cases": sha256(content).hexdigest(), "profile": profile.fields(), "month": month}
    call = _Call(caller.uid, digest(asked), services.clock.now())
    return _import(services.store, log, profile, month, call)


def _require_unbiased(store: Store, caller: Caller, log: Log, profile: Profile) -> None:
    """A log speaks for a system: never in a person's name, nor for whoever sends it."""
    if store.get(refs.officials(profile.system)) is not None:
        raise refuse(
            "invalid",
            "profile.system",
            f"{profile.system} is an official: name the system that the log comes from",
            f"{profile.system} là cán bộ; hãy ghi tên hệ thống nguồn",
        )
    if any(case.official_id == caller.uid for case in log.cases):
        raise refuse(
            "forbidden",
            "cases",
            "the log holds your own work: a trusted system or another organiser imports it",
            "tệp có việc của chính bạn; hệ thống tin cậy hoặc người khác phải nhập",
        )


@dataclass(frozen=True)
class _Call:
    """Who imports, the digest of what they sent, and when."""

    by: str
    request: str
    now: datetime


def work_of(log: Log, profile: Profile, period: Period) -> dict[str, Assignment]:
    """What a first import of the cases due in the period would make of them, by id; no store.

    Cases that an import would refuse are left out.
    """
    cases = [one for one in log.cases if month_of(one.due, profile.time_zone) == period.id]
    homes = {uid: found_unit(name) for uid, name in _units_of(cases).items()}
    facts: dict[str, dict[str, Entry]] = defaultdict(dict)
    terms: dict[str, Assignment] = {}
    for part in _plan(period, homes, cases, profile, [], _Tally(log), period.closes_at):
        terms[part.id] = part.assignment
        ending = (
            {}
            if part.finished is None
            else _delivered(part.case.official_id, part.finished, profile.system)
        )
        facts[part.id] |= part.facts | ending
    return {
        name: one.model_copy(update={"folded": fold_all(facts[name].items())})
        for name, one in terms.items()
    }


def _import(
    store: Store, log: Log, profile: Profile, month: str | None, call: _Call
) -> Iterator[int | ImportReport]:
    tally = _Tally(log)
    by_month: dict[str, list[Case]] = defaultdict(list)
    looked = [case for case in log.cases if month in (None, month_of(case.due, profile.time_zone))]
    tally.counts["outside"] += len(log.cases) - len(looked)
    claimed = _claimed(store, looked)
    for case in looked:
        by_month[claimed.get(case.key) or month_of(case.due, profile.time_zone)].append(case)
    dealt = 0
    for period_id in sorted(by_month):
        for chunk in _import_month(store, profile, period_id, by_month[period_id], tally, call):
            dealt += chunk
            yield dealt
    yield tally.report()


def _claimed(store: Store, cases: list[Case]) -> dict[str, str]:
    """The periods of those imported before: a case stays where it was assigned."""
    periods: dict[str, str] = {}
    for keys in batches([case.key for case in cases]):
        for key, claim in zip(keys, store.get_all([*map(refs.imported, keys)]), strict=True):
            if claim is not None:
                periods[key] = claim.value.assignment.partition("_")[0]
    return periods


def _import_month(
    store: Store,
    profile: Profile,
    period_id: str,
    cases: list[Case],
    tally: _Tally,
    call: _Call,
) -> Iterator[int]:
    """Yields how many cases each commit finished."""
    try:
        period = _read_period(store, period_id, profile)
    except RefusedError as error:
        for case in cases:
            tally.refuse(case, error.faults[0].reason)
        yield len(cases)
        return
    homes = find_homes(store, period, _units_of(cases))
    room = rooms(store, period_id, homes)
    proven = evidence_for(Schemes(store).get(period.scheme), None)
    for chunk in _chunks(_plan(period, homes, cases, profile, proven, tally, call.now)):
        _import_chunk(store, profile, period, chunk, room, tally, call)
        yield sum(part.last for part in chunk)


def _read_period(store: Store, period_id: str, profile: Profile) -> Period:
    period = store.get(refs.periods(period_id))
    if period is None:
        raise no_period(period_id, "cases")
    if (period.start, period.end) != bounds(period_id, profile.time_zone):
        raise refuse(
            "conflict",
            "profile.time_zone",
            f"period {period_id} goes by {period.time_zone}, the profile by {profile.time_zone}",
            f"kỳ {period_id} theo múi giờ {period.time_zone}, không phải {profile.time_zone}",
        )
    return period


@dataclass(frozen=True)
class _Part:
    """A case, or as much of it as goes into one commit; the last part tells how it ended."""

    case: Case
    home: Unit
    assignment: Assignment
    facts: dict[str, Entry]
    last: bool
    finished: datetime | None

    @property
    def id(self) -> str:
        return refs.assignment_id(
            self.assignment.period, self.assignment.unit, self.assignment.official, self.case.key
        )


def _plan(
    period: Period,
    homes: dict[str, Unit],
    cases: list[Case],
    profile: Profile,
    proven: list[Evidenced],
    tally: _Tally,
    now: datetime,
) -> Iterator[_Part]:
    """Each case in parts; one that no document can hold is refused, and the rest goes on."""
    before = min(period.end, now)
    for case in sorted(cases, key=lambda case: case.id):
        home = homes.get(case.official_id)
        if home is None:
            tally.refuse(case, f"the record of {case.official} cannot be read")
            continue
        try:
            assignment = _assignment(period, home, case, profile, proven)
            facts = {
                event.id: _fact(event.at, event.activity, profile, rework=event.rework)
                for event in case.events
                if event.at < before
            }
        except ValidationError as error:
            tally.refuse(case, "; ".join(f"{one['loc']}: {one['msg']}" for one in error.errors()))
            continue
        tally.counts["later"] += len(case.events) - len(facts)
        finished = case.finished if case.finished and case.finished < before else None
        parts = list(_split(facts)) or [{}]
        for number, part in enumerate(parts, start=1):
            yield _Part(case, home, assignment, part, number == len(parts), finished)


def _split(facts: dict[str, Entry]) -> Iterator[dict[str, Entry]]:
    items = iter(facts.items())
    while part := dict(islice(items, LARGEST - OVERHEAD)):
        yield part


def _chunks(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """As many parts as go into one commit."""
    chunk: list[_Part] = []
    size = 0
    for part in parts:
        weight = len(part.facts) + OVERHEAD
        if size + weight > LARGEST:
            yield chunk
            chunk, size = [], 0
        chunk.append(part)
        size += weight
    if chunk:
        yield chunk


def _units_of(cases: list[Case]) -> dict[str, str]:
    """Each official's unit: that of most of their cases, the first by name among equals."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        tally[case.official_id][case.unit_id] += 1
    return {
        official: min(units, key=lambda unit: (-units[unit], unit))
        for official, units in tally.items()
    }


def _import_chunk(
    store: Store,
    profile: Profile,
    period: Period,
    parts: list[_Part],
    room: dict[str, int],
    tally: _Tally,
    call: _Call,
) -> None:
    """One transaction: all of the chunk, or a refusal for each of its cases."""
    try:
        chunk = store.transact(
            lambda transaction: _write_chunk(transaction, period, profile, parts, room, call)
        )
    except RefusedError as error:
        for part in parts:
            tally.refuse(part.case, error.faults[0].reason)
        return
    tally.counts.update(chunk.counts)
    for uid, number in chunk.given.items():
        room[uid] -= number
    for case, reason in chunk.conflicts.items():
        tally.refuse(case, reason)
    for case, reason in chunk.differs.items():
        tally.differs.append(BadRow(row=case.row, case=case.id, reason=reason))


@dataclass
class _Chunk:
    counts: Counter[str] = field(default_factory=Counter)
    conflicts: dict[Case, str] = field(default_factory=dict)
    differs: dict[Case, str] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    """How many new assignments each official has."""


def _write_chunk(
    transaction: Transaction,
    period: Period,
    profile: Profile,
    parts: list[_Part],
    room: dict[str, int],
    call: _Call,
) -> _Chunk:
    read_open(transaction, period.id, "cases")
    chunk = _Chunk()
    given: list[Change] = []
    writes: list[Write] = []
    homes: dict[str, Unit] = {}
    for told in _read_told(transaction, parts, profile, call.now):
        part, official = told.part, told.part.case.official_id
        difference = _difference(told)
        if not difference and told.old is None and chunk.given[official] >= room[official]:
            difference = f"{official} has {MOST} assignments in {period.id}, and may have no more"
        if difference:
            chunk.conflicts[part.case] = difference
            continue
        if part.last and (otherwise := _otherwise(told)):
            chunk.differs[part.case] = otherwise
        if told.old is None:
            given.append(new_assignment(part.id, part.assignment))
            writes.append(first_entry(part.id, part.assignment))
            homes[official] = part.home
            chunk.given[official] += 1
            chunk.counts["assignments"] += 1
        writes += _claim(told)
        writes += _new_entries(told, chunk.counts)
    changes = [*enrolments(transaction, period, homes), *given]
    transaction.write([*(_told(changes, period, call) if changes else []), *writes])
    return chunk


@dataclass(frozen=True)
class _Standing:
    """What the source says of a part, and what stands of it."""

    part: _Part
    id: str
    claim: Imported | None
    old: Assignment | None
    wanted: dict[str, Entry]
    standing: dict[str, Entry]


def _read_told(
    transaction: Transaction, parts: list[_Part], profile: Profile, now: datetime
) -> Iterator[_Standing]:
    claims = transaction.get_all([refs.imported(part.case.key) for part in parts])
    ids = [
        part.id if claim is None else claim.assignment
        for part, claim in zip(parts, claims, strict=True)
    ]
    olds = transaction.get_all([*map(refs.assignments, ids)])
    wanted = [
        _wanted(transaction, part, claim, old, profile, now)
        for part, claim, old in zip(parts, claims, olds, strict=True)
    ]
    read: list[refs.Ref[Entry]] = []
    for name, facts in zip(ids, wanted, strict=True):
        read += map(refs.entries(name), facts)
    stored: list[Entry | None] = transaction.get_all(read)
    found = iter(stored)
    for part, name, claim, old, facts in zip(parts, ids, claims, olds, wanted, strict=True):
        standing = {key: one for key in facts if (one := next(found)) is not None}
        yield _Standing(part, name, claim, old, facts, standing)


def _wanted(
    transaction: Transaction,
    part: _Part,
    claim: Imported | None,
    old: Assignment | None,
    profile: Profile,
    now: datetime,
) -> dict[str, Entry]:
    if not part.last:
        return part.facts
    official = part.case.official_id if old is None else old.official
    ending = _ending(transaction, part, official, claim, profile, now)
    return part.facts | ending | (_corrections(part.case, old, profile, now) if old else {})


def _corrections(case: Case, old: Assignment, profile: Profile, now: datetime) -> dict[str, Entry]:
    """A check that failed says its source no more is taken back, and holds again if it returns.

    Not while a row that may have said it cannot be read, nor over anybody else's correction.
    """
    told = {event.id for event in case.events}
    corrections: dict[str, Entry] = {}
    for name, fault in old.folded.faults.items() if case.whole else ():
        last = old.folded.corrections.get(name)
        units = fault.units if name in told else 0
        others = last is not None and not last.id.startswith("+")
        if not name.startswith("+") or others or units == (last or fault).units:
            continue
        corrections[f"+fix{name}.{now:{STAMP}}"] = Corrected(
            by=profile.system,
            at=now,
            returned=name,
            faults=units,
            reason="in its source again" if units else "no longer in its source",
        )
    return corrections


def _told(changes: list[Change], period: Period, call: _Call) -> list[Write]:
    keyed = by_content(call.by, call.request, changes)
    target = refs.periods(period.id).path
    return recorded(keyed, call.now, changes, action="import cases", target=target)


def _claim(told: _Standing) -> Iterator[Write]:
    """The case is this assignment, and finished then; its last part alone knows when."""
    part, claim = told.part, told.claim
    ref = refs.imported(part.case.key)
    new = Imported(assignment=told.id, finished=part.finished if part.last else None)
    if claim is None:
        yield create(ref, new)
    elif part.last and claim != new:
        yield put(ref, new)


def claims_of(assignment_id: str, assignment: Assignment) -> tuple[str, list[Imported]]:
    """The case's key, and the claims that its entries allow, the unfinished one first.

    Somebody may have returned what the source finished: it stays finished there.
    """
    deliveries = assignment.folded.submissions
    times = [one.at for name, one in deliveries.items() if name == _delivery_id(one.at)]
    unfinished = Imported(assignment=assignment_id)
    claims = [unfinished.model_copy(update={"finished": at}) for at in times]
    open_ = [] if any(one.accepted for one in assignment.folded.verdicts.values()) else [unfinished]
    return assignment_id.rpartition("_")[2], [*open_, *claims]


def _ending(
    transaction: Transaction,
    part: _Part,
    official: str,
    claim: Imported | None,
    profile: Profile,
    now: datetime,
) -> dict[str, Entry]:
    """A case that its system finished is delivered and accepted at once.

    The last finish counts: one that an earlier import reported and that is there no
    more is taken back, and accepted anew if it returns.
    """
    by, finished = profile.system, part.finished
    before = None if claim is None else claim.finished
    ending: dict[str, Entry] = {}
    if before not in (None, finished):
        taken_back = _delivery_id(before)
        ending[f"+undo{taken_back}.{now:{STAMP}}"] = Retracted(
            by=by, at=now, submission=taken_back, reason="no longer finished then in its source"
        )
    if finished is not None:
        delivery = _delivery_id(finished)
        ending |= _delivered(official, finished, by)
        if claim is not None and finished != before and _stands(transaction, claim, delivery):
            ending[f"+ok{delivery}.{now:{STAMP}}"] = Accepted(by=by, at=now, submission=delivery)
    return ending


def _delivered(official: str, finished: datetime, by: str) -> dict[str, Entry]:
    delivery = _delivery_id(finished)
    return {
        delivery: Submission(by=official, at=finished, quantity=1),
        f"+ok{delivery}": Accepted(by=by, at=finished, submission=delivery),
    }


def _delivery_id(finished: datetime) -> str:
    return f"+done{finished:{STAMP}}"


def _stands(transaction: Transaction, claim: Imported, entry_id: str) -> bool:
    return transaction.get(refs.entries(claim.assignment)(entry_id)) is not None


def _new_entries(told: _Standing, counts: Counter[str]) -> Iterator[Write]:
    entries = refs.entries(told.id)
    for name, entry in told.wanted.items():
        counts["unchanged" if name in told.standing else "entries"] += 1
        if name not in told.standing:
            yield create(entries(name), entry)


def _fact(at: datetime, activity: str, profile: Profile, *, rework: bool) -> Entry:
    if rework:
        return Returned(by=profile.system, at=at, faults=1, reason=activity.ljust(3, ".")[:2000])
    return Progress(by=profile.system, at=at, note=activity[:2000])


def _assignment(
    period: Period, home: Unit, case: Case, profile: Profile, proven: list[Evidenced]
) -> Assignment:
    return Assignment(
        period=period.id,
        unit=home.path[-1],
        path=home.path,
        official=case.official_id,
        approver=profile.system,
        product=PRODUCT,
        title=case.id[:200],
        k=STANDARD_K,
        quantity=1,
        due=case.due,
        period_end=period.end,
        scheme=period.scheme,
        assigned_at=case.start,
        assigned_by=profile.system,
        evidence_for=proven,
        origin=Origin(system=profile.system, case=case.id[:200], unit=case.unit[:200]),
    )


def _difference(told: _Standing) -> str | None:
    """Why nothing more of the case may be imported."""
    old = told.old
    if old is None:
        return None if told.claim is None else f"was imported as {told.id}, which is not there"
    if sum(old.folded.withdrawn.values()) >= old.quantity:
        return f"was imported as {told.id}, which was cancelled or reassigned since"
    for name, entry in told.standing.items():
        if entry != told.wanted[name]:
            return f"entry {name} stands there already, and says something else"
    return None


def _otherwise(told: _Standing) -> str:
    """What the source says differently from what stands: people decide on terms."""
    old, case = told.old, told.part.case
    if old is None:
        return ""
    said = []
    if old.official != case.official_id:
        said.append(f"stands as the work of {old.official}, here of {case.official}: reassign it")
    if old.due_now != case.due:
        said.append(
            f"is due {old.due_now.isoformat()}, here {case.due.isoformat()}: "
            "move the deadline with a reason"
        )
    if old.origin is not None and old.origin.unit != case.unit[:200]:
        said.append(f"was of {old.origin.unit}, here of {case.unit}")
    fixes = sum(isinstance(entry, Corrected) for entry in told.wanted.values())
    if fixes:
        said.append(f"{fixes} failed checks corrected, as they are no more or again in the source")
    return "; ".join(said)
