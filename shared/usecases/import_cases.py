"""Import real work: the cases of another system become assignments, its events entries.

Everything has an id derived from the source, so importing the same log again
changes nothing, and an import that was cut short is finished by repeating it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from shared import refs
from shared.errors import RefusedError
from shared.models.assignment import Assignment, Origin
from shared.models.base import Part
from shared.models.entry import Accepted, Entry, Progress, Returned, Submission
from shared.models.imported import Imported
from shared.models.period import Period
from shared.models.profile import Profile
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction, Write, create
from shared.usecases.assign import new_assignment
from shared.usecases.calendar import month_of
from shared.usecases.caller import Caller, require
from shared.usecases.case_log import BadRow, Case, Log, read_log
from shared.usecases.enrol import ensure_people
from shared.usecases.opened import no_period, read_open

CHUNK = 40
"""Cases in one transaction; with their events some 300 documents."""
STANDARD_K = 1000
PRODUCT = "case"


class ImportReport(Part):
    """What one import did; counts of documents, and the rows left out with the reason.

    `later` counts events at or after the end of their case's period, which are
    that period's no more, or in the future.
    """

    rows: int
    cases: int
    outside: int
    assignments: int
    entries: int
    unchanged: int
    later: int
    refused: list[BadRow]


@dataclass
class _Tally:
    log: Log
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[BadRow] = field(default_factory=list)

    def refuse(self, case: Case, reason: str) -> None:
        self.refused.append(BadRow(row=case.row, case=case.id, reason=reason))

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
    return _import(services.store, read_log(content, profile), profile, month, services.clock.now())


def _import(
    store: Store, log: Log, profile: Profile, month: str | None, now: datetime
) -> Iterator[int | ImportReport]:
    tally = _Tally(log)
    by_month: dict[str, list[Case]] = defaultdict(list)
    for case in log.cases:
        by_month[month_of(case.due, profile.time_zone)].append(case)
    dealt = 0
    for period_id in sorted(by_month):
        cases = by_month[period_id]
        if month not in (None, period_id):
            tally.counts["outside"] += len(cases)
            continue
        for chunk in _import_month(store, profile, period_id, cases, tally, now):
            dealt += chunk
            yield dealt
    yield tally.report()


def _import_month(
    store: Store,
    profile: Profile,
    period_id: str,
    cases: list[Case],
    tally: _Tally,
    now: datetime,
) -> Iterator[int]:
    period = store.get(refs.periods(period_id))
    try:
        if period is None:
            raise no_period(period_id, "cases")
        homes = ensure_people(store, period, _units_of(cases))
    except RefusedError as error:
        for case in cases:
            tally.refuse(case, error.faults[0].reason)
        yield len(cases)
        return
    iterator = iter(sorted(cases, key=lambda case: case.id))
    while chunk := list(islice(iterator, CHUNK)):
        plan = {case: _assignment(period, homes, case, profile) for case in chunk}
        _import_chunk(store, profile, period, plan, tally, now)
        yield len(chunk)


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
    plan: dict[Case, Assignment],
    tally: _Tally,
    now: datetime,
) -> None:
    """One transaction: all of the chunk, or a refusal for each of its cases."""
    try:
        chunk = store.transact(
            lambda transaction: _write_chunk(transaction, period, profile, plan, now)
        )
    except RefusedError as error:
        for case in plan:
            tally.refuse(case, error.faults[0].reason)
        return
    tally.counts.update(chunk.counts)
    for case, reason in chunk.conflicts.items():
        tally.refuse(case, reason)


@dataclass
class _Chunk:
    counts: Counter[str] = field(default_factory=Counter)
    conflicts: dict[Case, str] = field(default_factory=dict)


def _write_chunk(
    transaction: Transaction,
    period: Period,
    profile: Profile,
    plan: dict[Case, Assignment],
    now: datetime,
) -> _Chunk:
    read_open(transaction, period.id, "cases")
    chunk = _Chunk()
    ids = {case: _assignment_id(period, new.unit, case) for case, new in plan.items()}
    claims = transaction.get_all([_claim(profile, case) for case in plan])
    standing = transaction.get_all([refs.assignments(ids[case]) for case in plan])
    writes: list[Write] = []
    facts: dict[str, dict[str, Entry]] = {}
    for (case, new), claim, old in zip(plan.items(), claims, standing, strict=True):
        difference = _difference(ids[case], new, claim, old)
        if difference:
            chunk.conflicts[case] = difference
            continue
        if old is None:
            writes += new_assignment(ids[case], new)
            writes.append(create(_claim(profile, case), Imported(assignment=ids[case])))
            chunk.counts["assignments"] += 1
        facts[ids[case]] = _entries(case, min(period.end, now), profile, chunk.counts)
    writes += _new_entries(transaction, facts, chunk.counts)
    transaction.write(writes)
    return chunk


def _claim(profile: Profile, case: Case) -> refs.Ref[Imported]:
    return refs.imported(f"{profile.system}_{case.key}")


def _new_entries(
    transaction: Transaction, facts: dict[str, dict[str, Entry]], counts: Counter[str]
) -> Iterable[Write]:
    wanted = [
        (refs.entries(assignment)(entry_id), entry)
        for assignment, entries in facts.items()
        for entry_id, entry in entries.items()
    ]
    standing = transaction.get_all([ref for ref, _ in wanted])
    for (ref, entry), old in zip(wanted, standing, strict=True):
        counts["unchanged" if old is not None else "entries"] += 1
        if old is None:
            yield create(ref, entry)


def _entries(
    case: Case, before: datetime, profile: Profile, counts: Counter[str]
) -> dict[str, Entry]:
    """The case's facts within its period, as far as it has come."""
    facts: dict[str, Entry] = {}
    for event in case.events:
        if event.at < before:
            facts[event.id] = _fact(event.at, event.activity, profile, rework=event.rework)
        else:
            counts["later"] += 1
    if case.finished is not None and case.finished < before:
        facts |= _finish(case.finished, case.official_id, profile)
    return facts


def _finish(at: datetime, official: str, profile: Profile) -> dict[str, Entry]:
    """A case that its system finished is delivered and accepted at once.

    The id holds the time, so a case reopened and finished again says both.
    """
    submission = f"done{at:%Y%m%dT%H%M%S%f}"
    return {
        submission: Submission(by=official, at=at, quantity=1),
        f"ok{submission}": Accepted(by=profile.system, at=at, submission=submission),
    }


def _fact(at: datetime, activity: str, profile: Profile, *, rework: bool) -> Entry:
    if rework:
        return Returned(by=profile.system, at=at, faults=1, reason=activity.ljust(3)[:2000])
    return Progress(by=profile.system, at=at, note=activity[:2000])


def _assignment_id(period: Period, unit: str, case: Case) -> str:
    return refs.assignment_id(period.id, unit, case.official_id, case.key)


def _assignment(period: Period, homes: dict[str, Unit], case: Case, profile: Profile) -> Assignment:
    official = case.official_id
    path = homes[official].path
    return Assignment(
        period=period.id,
        unit=path[-1],
        path=path,
        official=official,
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
        origin=Origin(system=profile.system, case=case.id[:200], unit=case.unit[:200]),
    )


def _difference(
    assignment_id: str, new: Assignment, claim: Imported | None, old: Assignment | None
) -> str | None:
    """What the source says differently from an earlier import; a decision, so not imported."""
    if claim is not None and claim.assignment != assignment_id:
        return f"was imported as {claim.assignment}; reassign that or move its deadline instead"
    if old is not None and old.due != new.due:
        return f"was due {old.due.isoformat()}; move the deadline with a reason instead"
    return None
