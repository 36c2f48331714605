"""Gather the report's rows from the store: the one place that knows where they stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from pydantic import ValidationError

from fairness.rows import (
    Acceptance,
    Burden,
    Delivery,
    Exemption,
    Petition,
    Piece,
    Rows,
    Scored,
)
from fairness.tolerances import LAST_DAYS
from shared import refs
from shared.errors import refuse
from shared.models.appeal import Appeal
from shared.models.appraisal import Appraisal
from shared.models.assignment import Assignment
from shared.models.entry import (
    Accepted,
    Assigned,
    Cancelled,
    CarriedOver,
    DeadlineMoved,
    Entry,
    ExemptionDecided,
    Reassigned,
    Submission,
)
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Criteria, Scheme, Task
from shared.models.scorecard import Scorecard
from shared.ports import Store, Where
from shared.scoring.evaluation import walk
from shared.scoring.scorecard import read
from shared.usecases.compile_unit import joined
from shared.usecases.reading import batches, read_each, read_entries
from shared.usecases.schemes import Schemes

WITHDRAWN = Cancelled | Reassigned | CarriedOver
Facts = Sequence[tuple[str, Entry]]


def read_rows(store: Store, schemes: Schemes, periods: Iterable[str], now: datetime) -> Rows:
    """Of compiled periods: before that, heads have not scored everybody yet."""
    rows = Rows(periods=sorted(set(periods)))
    for found in store.find(refs.units):
        rows.names[found.ref.id] = str(found.fields.get("name", found.ref.id))
    for name in rows.periods:
        period = store.get(refs.periods(name))
        if period is None or period.state in ("open", "closing"):
            raise refuse("missing", "period", f"{name} is not compiled", f"kỳ {name} chưa tổng hợp")
        homes = _read_scores(store, schemes.get(period.scheme), period, rows)
        _read_work(store, period, homes, now, rows)
        _read_petitions(store, period, now, rows)
    return rows


def _read_scores(store: Store, scheme: Scheme, period: Period, rows: Rows) -> dict[str, str]:
    """Adds who scored whom; returns everybody's unit."""
    homes: dict[str, str] = {}
    found = store.find(refs.official_results(period.id))
    for batch in batches(one.value for one in found):
        appraisals = read_each(
            store, [refs.appraisal(period.id, one.scorecard.official) for one in batch]
        )
        for result, appraisal in zip(batch, appraisals, strict=True):
            official = result.scorecard.official
            homes[official] = result.unit
            rows.names[official] = result.name
            if isinstance(appraisal, Appraisal):
                rows.scored.extend(_scored(result, appraisal, scheme))
    return homes


def _scored(result: Result, appraisal: Appraisal, scheme: Scheme) -> Iterator[Scored]:
    card, by_head, by_self = result.scorecard, appraisal.by_head, appraisal.by_self
    general = _share(card, scheme, Criteria)
    if by_head is None or general is None:
        return
    yield Scored(
        path=refs.appraisal(card.period, card.official).path,
        period=card.period,
        official=card.official,
        unit=result.unit,
        rater=by_head.by,
        general=general,
        work=_share(card, scheme, Task),
        total=None if card.total is None else card.total / 100,
        same=None if by_self is None else by_self.scores == by_head.scores,
    )


def _share(card: Scorecard, scheme: Scheme, kind: type[Criteria | Task]) -> float | None:
    """Of all that components of one kind can add: what they do add."""
    known = [
        (node.share * most, most)
        for node, most in walk(read(card, scheme).root)
        if isinstance(node.component, kind) and node.share is not None
    ]
    most = sum((most for _, most in known), Fraction(0))
    return float(sum((share for share, _ in known), Fraction(0)) / most) if most else None


def _read_work(
    store: Store, period: Period, homes: Mapping[str, str], now: datetime, rows: Rows
) -> None:
    actions: Counter[str] = Counter()
    for found, entries in joined(store, f"{period.id}_"):
        facts, _ = read_entries(entries)
        actions.update(fact.by for _, fact in facts if not isinstance(fact, Assigned))
        try:
            assignment = found.value
        except ValidationError:
            continue  # its person's result names it as unreadable
        rows.pieces.append(piece(found.ref.id, assignment, facts, now))
        _sort_facts(found.ref.id, assignment, facts, rows)
    rows.burdens.extend(
        Burden(period.id, official, unit, actions[official])
        for official, unit in sorted(homes.items())
    )


def piece(name: str, assignment: Assignment, facts: Facts, now: datetime) -> Piece:
    """Overdue at the deadline that stood at the time, and whether that was moved afterwards."""
    due, overdue, rescued, by = assignment.due, False, None, None
    moves = [(one.at, key, one) for key, one in facts if isinstance(one, DeadlineMoved)]
    for at, key, move in sorted(moves, key=lambda one: one[:2]):
        if not overdue and at > due and _is_wanting(assignment, facts, due):
            overdue, rescued, by = True, refs.entries(name)(key).path, move.by
        due = move.due
    overdue = overdue or (now > due and _is_wanting(assignment, facts, due))
    return Piece(
        path=refs.assignments(name).path,
        period=assignment.period,
        official=assignment.official,
        unit=assignment.unit,
        approver=assignment.approver,
        overdue=overdue,
        rescued=rescued,
        by=by,
    )


def _is_wanting(assignment: Assignment, facts: Facts, due: datetime) -> bool:
    """Whether less was submitted by then than was still asked for."""
    before = [fact for _, fact in facts if fact.at <= due]
    submitted = sum(one.quantity for one in before if isinstance(one, Submission))
    withdrawn = sum(one.quantity for one in before if isinstance(one, WITHDRAWN))
    return submitted < assignment.quantity - withdrawn


def _sort_facts(name: str, assignment: Assignment, facts: Facts, rows: Rows) -> None:
    """Each kind of fact to its rows; what a system accepts of its own cases is no judgement."""
    end = assignment.period_end
    evidenced = {key: bool(one.evidence) for key, one in facts if isinstance(one, Submission)}
    system = assignment.origin.system if assignment.origin else None
    for key, fact in facts:
        path = refs.entries(name)(key).path
        match fact:
            case Accepted() if fact.by != system:
                known = evidenced.get(fact.submission, False)
                rows.acceptances.append(Acceptance(path, fact.by, assignment.official, known))
            case ExemptionDecided():
                granted = fact.lates_waived + fact.faults_waived > 0
                rows.exemptions.append(Exemption(path, fact.by, assignment.official, granted))
            case Submission() if fact.at < end:
                last = fact.at >= end - timedelta(days=LAST_DAYS)
                rows.deliveries.append(Delivery(path, assignment.unit, last))


def _read_petitions(store: Store, period: Period, now: datetime, rows: Rows) -> None:
    for found in store.find(refs.appeals, where=Where("period", "==", period.id)):
        try:
            appeal: Appeal = found.value
        except ValidationError:
            continue  # rules let no such document in
        upheld = None if appeal.answer is None else appeal.answer.upheld
        in_time = answered_in_time(appeal, now)
        rows.petitions.append(Petition(found.ref.path, appeal.official, upheld, in_time))


def answered_in_time(appeal: Appeal, now: datetime) -> bool | None:
    """Unknown while there is still time to answer."""
    if appeal.answer is not None:
        return not appeal.answer.late
    until = None if appeal.receipt is None else appeal.receipt.answer_by
    return False if until is not None and now > until else None
