"""Recompute a closed period from its source; name every document that is not as it was made.

Nothing is written. What people decided is checked against the audit records,
what the close read against the digests that it kept, and what follows from
both is computed anew. Of an altered document only it is named and not what would
follow from it: that is compared with what was frozen.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.appraisal import Appraisal
from shared.models.assignment import Assignment
from shared.models.base import Part
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import PeriodResult, RefusedEntry, Result, UnitResult
from shared.models.unit import Unit
from shared.ports import Found, Store
from shared.refs import Ref
from shared.scoring.digest import seal
from shared.scoring.record import notice_seal
from shared.scoring.result import total_period, total_unit
from shared.scoring.sources import source_digest
from shared.usecases.claims import Claim, official_of
from shared.usecases.compile_unit import Person, Traced, recompute_unit
from shared.usecases.conclude import deepest_first, unit_papers
from shared.usecases.corrections import Corrections
from shared.usecases.findings import Finding, Findings, Tell, altered, silent
from shared.usecases.import_cases import claims_of
from shared.usecases.judge import Judge, digests, read_frozen
from shared.usecases.ledger import FILED, OF_PERIOD, RECORDED, Ledger
from shared.usecases.reading import batches, read_each, refused
from shared.usecases.schemes import Schemes


class Verification(Part):
    """How many documents were looked at, and what is wrong with which of them.

    `erased` are those whose personal data a recorded decision took away later, with
    the record's id; `ignored` those that somebody was free to write and that count
    nowhere, with the reason.
    """

    checked: int
    findings: list[Finding]
    erased: dict[str, str]
    ignored: dict[str, str]


@dataclass
class Seen:
    """What the results rest on, to tell what does not belong."""

    judged: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    lists: int = 0
    work: set[str] = field(default_factory=set)
    entries: int = 0
    appraisals: set[str] = field(default_factory=set)
    cases: dict[str, Assignment] = field(default_factory=dict)
    corrected: list[Result] = field(default_factory=list)
    """Those that have later versions."""
    totals: dict[str, UnitResult] = field(default_factory=dict)
    blind: set[str] = field(default_factory=set)
    """Units whose results cannot be recomputed."""
    doubtful: set[str] = field(default_factory=set)
    """Units of which something that their results rest on is not what it was."""
    believed: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    """By unit; without the work that they list."""


def verify(store: Store, schemes: Schemes, period_id: str, tell: Tell = silent) -> Verification:
    """Look at every document of a compiled period, and at all that it rests on."""
    [period] = read_each(store, [refs.periods(period_id)])
    [total] = read_each(store, [refs.results(period_id)])
    compiled = isinstance(period, Period) and period.state in ("review", "final")
    if total is None and not compiled:
        raise refuse("missing", "period", f"{period_id} is not compiled", "kỳ chưa tổng hợp")
    findings = Findings(tell)
    ledger = Ledger(lambda path: _of_period(path, period_id))
    ledger.read(store)
    names = _check_records(store, period_id, ledger, findings)
    if isinstance(period, Period):
        inspection = Inspection(store, schemes, period, total, ledger, findings)
        inspection.inspect(names)
    _check_chain(store, findings)
    _check_notices(store, findings)
    return Verification(
        checked=findings.checked + ledger.records,
        findings=findings.listed(),
        erased=findings.erased,
        ignored=findings.ignored,
    )


def _of_period(path: str, period_id: str) -> bool:
    """Of other periods only what is not theirs alone."""
    collection, _, rest = path.partition("/")
    if collection == refs.results.path:
        return rest.startswith(f"{period_id}/") or rest == period_id
    return collection not in OF_PERIOD or rest.startswith(f"{period_id}_")


def _check_records(store: Store, period_id: str, ledger: Ledger, findings: Findings) -> list[str]:
    """What people decided; returns the ids of the period's assignments."""
    findings.reasons |= ledger.broken
    standing: set[str] = set()
    names: list[str] = []
    for path, collection in (RECORDED | FILED).items():
        prefix = f"{period_id}_" if path in OF_PERIOD else None
        for found in store.find(collection, prefix=prefix):
            findings.look(path)
            findings.add(found.ref.path, ledger.fault(found.ref.path, found.fields))
            standing.add(found.ref.path)
            names += [found.ref.id] if path == refs.assignments.path else []
    for path in ledger.paths():
        collection_name, _, rest = path.partition("/")
        if "/" not in rest and collection_name in RECORDED | FILED and path not in standing:
            findings.add(path, "missing" if ledger.left(path) else None)
    return names


@dataclass
class Inspection:
    """What follows from the decisions and the entries of one period."""

    store: Store
    schemes: Schemes
    period: Period
    total: PeriodResult | RefusedEntry | None
    ledger: Ledger
    findings: Findings
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        """Later versions are read first: what was appended for them the close did not see."""
        self.corrections = Corrections.read(self.store, self.period)
        self.before = self.corrections.hidden_from(self.store, self.period)

    def inspect(self, names: Iterable[str]) -> None:
        same_rules = self._same_rules()
        if same_rules is None:
            return
        corrected = set(self.corrections.known)
        judge = Judge(
            self.period, self.ledger, self.findings, same_rules, corrected, self.seen.doubtful
        )
        units = [(found.ref.id, _own(found)) for found in self.store.find(refs.units)]
        self.seen.blind = {name for name, unit in units if unit is None}
        for unit in deepest_first(unit for _, unit in units if unit is not None):
            self._unit(judge, unit)
        self._strangers(judge)
        self._totals()
        assigned = set(names)
        for name in assigned:
            if name not in self.seen.work and official_of(name) not in self.seen.judged:
                self.findings.add(refs.assignments(name).path, "no result rests on it")
        self._loose_entries(assigned)
        self._appraisals()
        self._imported()
        self._corrections()

    def _same_rules(self) -> bool | None:
        """Whether the scheme is still the one that results were scored by; None without one."""
        ref = refs.schemes(self.period.scheme)
        found = [one for one in self.store.find(refs.schemes) if one.ref.path == ref.path]
        try:
            self.schemes.get(self.period.scheme)
        except (RefusedError, ValidationError):
            found = []
        if not found:
            self.findings.add(ref.path, "missing, or cannot be read: nothing can be recomputed")
            return None
        kept = self.total
        if isinstance(kept, PeriodResult) and seal(kept.fields()) == kept.digest:
            same = source_digest(found[0].fields) == kept.rules
            self.findings.add(ref.path, None if same else "altered since the close")
            return same
        return ref.path not in self.findings.reasons

    def _unit(self, judge: Judge, unit: Unit) -> None:
        try:
            compiled = recompute_unit(self.before, self.schemes, self.period, unit, self._frozen)
        except ValidationError:
            self.seen.blind.add(unit.path[-1])
            return  # a unit's record that it rests on cannot be read: it is named
        name = unit.path[-1]
        self.seen.totals[name] = compiled.total
        papers = {ref.path for ref in (refs.units(name), *unit_papers(self.period.id, name))}
        if papers & self.findings.reasons.keys() or not judge.same_rules:
            self.seen.doubtful.add(name)
        pooled = [_nobody(result) for result in compiled.results] if self.period.parts else []
        people, lives = compiled.people or pooled, compiled.live or compiled.results
        everybody = sorted(zip(people, lives, compiled.traced, strict=True), key=_heads_last)
        for batch in batches(everybody):
            frozen = read_frozen(self.store, self.period, [one for *_, one in batch])
            for (person, live, traced), kept in zip(batch, frozen, strict=True):
                result = judge.judge(person, live, traced, kept)
                self.seen.judged.add(person.uid)
                self.seen.people |= {person.uid} if kept.result is not None else set()
                self.seen.lists += sum(one is not None for one in kept.lists)
                if result != traced.result:
                    self.seen.doubtful.add(name)
                self._believe(result)
                self._note(person, traced)

    def _frozen(self, ref: Ref[Any]) -> Any:  # noqa: ANN401  # as the close reads what is below
        """What stands, as the close left it, of the units and people below.

        Of a unit without a result, or with an altered one, what was recomputed: one
        founded since has nobody.
        """
        [kept] = read_each(self.store, [ref])
        if isinstance(kept, Result):
            return self._believed(kept)
        if isinstance(kept, UnitResult) and seal(kept.fields()) == kept.digest:
            return kept
        unit = ref.path.split("/")[2] == UnitResult.collection
        nobody = total_unit(ref.id, ref.id, [], 0) if unit else None
        return self.seen.totals.get(ref.id, nobody) if unit else None

    def _believed(self, kept: Result) -> Result:
        """As it was judged, if it was: the units below come first."""
        uid, standing = kept.scorecard.official, self.seen.believed.get(kept.unit, [])
        return next((one for one in standing if one.scorecard.official == uid), kept)

    def _believe(self, result: Result | None) -> None:
        if result is not None:
            if result.scorecard.official in self.corrections.known:
                self.seen.corrected.append(result)
            card = result.scorecard.model_copy(update={"contributions": {}})
            slim = result.model_copy(update={"scorecard": card})
            self.seen.believed[result.unit].append(slim)

    def _note(self, person: Person, compiled: Traced) -> None:
        self.seen.work |= {one.id for one in person.sources}
        self.seen.entries += sum(len(one.digests.entries) for one in person.sources)
        told = digests(compiled.sources)
        self.seen.appraisals |= {path for path in told if path.startswith("appraisals/")}
        self.seen.cases |= {
            one.id: one.assignment
            for one in person.sources
            if one.assignment is not None
            and one.assignment.origin is not None
            and one.assignment.continues is None
        }

    def _strangers(self, judge: Judge) -> None:
        """Results and lists of sources that nobody's work gives.

        Where a unit's or an official's own record is not what it was, they are believed.
        """
        period = self.period.id
        if self.store.count(refs.official_results(period)) != len(self.seen.people):
            for found in self.store.find(refs.official_results(period)):
                if found.ref.id not in self.seen.people:
                    self._stranger(judge, found)
        if self.store.count(refs.all_sources(period)) != self.seen.lists:
            for part in self.store.find(refs.all_sources(period)):
                if part.ref.id.partition("_")[0] not in self.seen.judged:
                    self.findings.add(part.ref.path, "extra: nothing gives it")

    def _stranger(self, judge: Judge, found: Found[Result]) -> None:
        try:
            result = found.value
        except ValidationError as error:
            self.findings.add(found.ref.path, f"altered: {refused(found.ref.path, error).reason}")
            return
        unit = (
            refs.units(result.unit).path in self.findings.reasons or result.unit in self.seen.blind
        )
        if not (unit or judge.changed(found.ref.id)):
            self.findings.add(found.ref.path, "extra: nothing gives it")
        elif seal(found.fields) != result.digest:
            self.findings.add(found.ref.path, "altered: its content is not that of its digest")
        self.seen.judged.add(found.ref.id)
        self.seen.appraisals.add(refs.appraisal(self.period.id, found.ref.id).path)
        if found.ref.path not in self.findings.reasons:
            self._believe(result)

    def _loose_entries(self, assigned: set[str]) -> None:
        """Entries below work that was never assigned; where work is gone, only that is named."""
        prefix, hidden = f"{self.period.id}_", self.corrections.entries
        if self.store.count(refs.all_entries, prefix=prefix) == self.seen.entries + hidden:
            return
        for found in self.store.find(refs.all_entries, prefix=prefix):
            name = found.ref.path.split("/")[1]
            known = name in assigned or refs.assignments(name).path in self.findings.reasons
            self.findings.add(found.ref.path, None if known else "extra: its work does not exist")

    def _totals(self) -> None:
        units = [
            self._unit_total(found, self.seen.believed.pop(found.ref.id, []))
            for found in self.store.find(refs.unit_results(self.period.id))
        ]
        for unit in self.seen.believed:
            self.findings.add(refs.unit_results(self.period.id)(unit).path, "missing")
        self._total([unit for unit in units if unit is not None])

    def _unit_total(self, found: Found[UnitResult], believed: list[Result]) -> UnitResult | None:
        """The unit's name is what it was then, and the drift how live scorecards stood."""
        path = found.ref.path
        self.findings.look("unit results")
        try:
            kept = found.value
        except ValidationError as error:
            self.findings.add(path, f"altered: {refused(path, error).reason}")
            return None
        truth = self._unit_truth(found.ref.id, kept, believed)
        if kept != truth:
            self.findings.add(path, altered(truth.fields(), kept.fields()))
        return truth

    def _unit_truth(self, name: str, kept: UnitResult, believed: list[Result]) -> UnitResult:
        """With what the close alone knows: the units below as they stand, and its own score."""
        below = [self._frozen(refs.unit_results(self.period.id)(one)) for one in kept.children]
        children = [one for one in below if one is not None]
        computed = self.seen.totals.get(name)
        units = any(path.startswith(f"{refs.units.path}/") for path in self.findings.reasons)
        doubtful = units or bool(self.seen.doubtful & {name, *kept.children})
        score = kept.score if computed is None or doubtful else computed.score
        return total_unit(name, kept.name, believed, kept.drift, children, score)

    def _total(self, units: list[UnitResult]) -> None:
        """Of the units' results those that were altered say nothing about the period's."""
        kept, path = self.total, refs.results(self.period.id).path
        if not isinstance(kept, PeriodResult):
            self.findings.add(path, "missing" if kept is None else f"altered: {kept.reason}")
            return
        if seal(kept.fields()) != kept.digest:
            self.findings.add(path, "altered: its content is not that of its digest")
        elif not self.findings.any_below(f"{path}/units"):
            truth = total_period(self.period, kept.rules, units, kept.previous)
            if refs.periods(self.period.id).path in self.findings.reasons:
                truth = truth.model_copy(update={"terms": kept.terms, "scheme": kept.scheme})
            truth = truth.model_copy(update={"digest": seal(truth.fields())})
            wrong = altered(truth.fields(), kept.fields())
            self.findings.add(path, None if kept == truth else wrong)

    def _appraisals(self) -> None:
        for found in self.store.find(refs.appraisals, prefix=f"{self.period.id}_"):
            self.findings.look("appraisals")
            if found.ref.path not in self.seen.appraisals:
                self._unread(found)
        cards = self.store.find(refs.scorecards, prefix=f"{self.period.id}_")
        for card in cards:
            self.findings.look("scorecards")
            if card.ref.id.rpartition("_")[2] not in self.seen.judged:
                self.findings.add(card.ref.path, "extra: nothing gives it")

    def _unread(self, found: Found[Appraisal]) -> None:
        """The rules cannot tell who served where and when; the close looks only there."""
        reason = _unserved(self.store, self.period, found)
        if reason is None:
            self.findings.add(found.ref.path, "extra: no result rests on it")
        else:
            self.findings.ignored[found.ref.path] = reason

    def _imported(self) -> None:
        """Each imported case has its claim, which follows from its assignment and entries."""
        claims = dict(claims_of(name, one) for name, one in self.seen.cases.items())
        wanted = {refs.imported(key).path: allowed for key, allowed in claims.items()}
        for found in self.store.find(refs.imported):
            self.findings.look("imported")
            allowed = wanted.pop(found.ref.path, [])
            told = str(found.fields.get("assignment", ""))
            if self._doubtful_work(told):
                continue
            if allowed and found.fields not in [claim.fields() for claim in allowed]:
                self.findings.add(found.ref.path, altered(allowed[-1].fields(), found.fields))
            elif not allowed and told.startswith(f"{self.period.id}_"):
                self.findings.add(found.ref.path, "extra: there is no such imported work")
        for path in wanted:
            self.findings.add(path, "missing")

    def _doubtful_work(self, assignment: str) -> bool:
        """Whether what follows from it cannot be told: it, its unit or an entry was altered."""
        unit, path = [*assignment.split("_"), ""][1], refs.assignments(assignment).path
        touched = any(f"{name}/".startswith(f"{path}/") for name in self.findings.reasons)
        return touched or unit in self.seen.blind

    def _corrections(self) -> None:
        """Later versions follow from the first, and from what they name."""
        scheme, truths = self.schemes.get(self.period.scheme), self.seen.corrected
        named = frozenset(self.findings.reasons)
        for path, reason in self.corrections.faults(self.store, scheme, truths, named):
            self.findings.add(path, None if self._erased(path) else reason)
        self.findings.checked += self.corrections.number

    def _erased(self, path: str) -> bool:
        where = refs.corrections(self.period.id)
        fields = [one.fields for one in self.store.find(where) if one.ref.path == path]
        after = source_digest(fields[0]) if fields else None
        explained = after is not None and self.ledger.explains(path, None, after)
        if explained:
            self.findings.erased[path] = self.ledger.record_of(path)
        return explained


def _heads_last(one: tuple[Person, Result, Traced]) -> bool:
    """What they are rated follows from everybody else's ratings."""
    return one[1].scorecard.capacity.subject == "head"


def _unserved(store: Store, period: Period, found: Found[Appraisal]) -> str | None:
    """Why the close passed over an appraisal in its own place; None when that is no reason."""
    try:
        one = found.value
    except ValidationError:
        return None
    [official] = read_each(store, [refs.officials(one.official)])
    if found.ref != refs.appraisal(period.id, one.official, one.unit):
        return None
    if not isinstance(official, Official) or one.period != period.id:
        return None
    served = official.units_in(period.start, period.end)
    if one.unit in served or (one.unit is None and served):
        return None
    where = "" if one.unit is None else f" in {one.unit}"
    return f"{one.official} did not serve{where} in {period.id}: it counts nowhere"


def _nobody(result: Result) -> Person:
    """Somebody of a roll-up, which reads no work and has no live scorecard."""
    return Person(result.scorecard.official, Claim(result.name, None, [], [], None), [])


def _own(found: Found[Unit]) -> Unit | None:
    """A unit's record that can be read and is its own."""
    try:
        unit = found.value
    except ValidationError:
        return None
    return unit if unit.path[-1] == found.ref.id else None


def _check_chain(store: Store, findings: Findings) -> None:
    """Every compiled period carries the digest of the one before it."""
    digests_of: dict[str, str] = {}
    links: dict[str, str] = {}
    for found in store.find(refs.results):
        findings.look("periods' results")
        try:
            result = found.value
        except ValidationError:
            findings.add(found.ref.path, "altered: it cannot be read")
            continue
        own = seal(found.fields)
        findings.add(found.ref.path, None if own == result.digest else "altered: not of its digest")
        digests_of[found.ref.id] = own
        if own == result.digest and result.previous is not None:
            links[result.previous.period] = result.previous.digest
    for period, told in links.items():
        if digests_of.get(period, told) != told:
            findings.add(refs.results(period).path, "altered: the next period carries its digest")
        elif period not in digests_of:
            findings.add(refs.results(period).path, "missing")


def _check_notices(store: Store, findings: Findings) -> None:
    for found in store.find(refs.all_notices):
        findings.look("inbox")
        if notice_seal(found.fields) != found.fields.get("digest"):
            findings.add(found.ref.path, "altered: its content is not that of its digest")
