"""Put a published result right: a new version beside the old, on named entries and scores alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.base import AssignmentId, Count, Id, Part, PeriodId, Points, Reason
from shared.models.correction import Correction
from shared.models.entry import Accepted, Cancelled, Entry, EntryId, ExemptionDecided
from shared.models.period import Period
from shared.models.scheme import Amount, Component, Rating, Scheme, Statement
from shared.models.scorecard import Assessment, Contribution, Scorecard, Standing
from shared.models.unit import Unit
from shared.ports import Services, Transaction, Write, create, patch, put
from shared.scoring.contribution import contribute
from shared.scoring.correction import Given, assessed
from shared.scoring.correction import correct as corrected_result
from shared.scoring.digest import sealed
from shared.scoring.evaluation import components, criteria_faults, forms, indicators
from shared.scoring.fold import fold_all
from shared.usecases.caller import Caller, require, require_competence
from shared.usecases.exempt import require_unbiased
from shared.usecases.keyed import Keyed
from shared.usecases.reading import read_entries
from shared.usecases.recorded import Change, recorded
from shared.usecases.reviewed import read_reviewed
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Version, corrected, first, rests_on
from shared.usecases.versions import told_of_version, told_to_decider
from shared.usecases.windows import petition_windows
from shared.usecases.work import goes_on

V = TypeVar("V")


class Waive(Part):
    """An objective cause is confirmed: so many latenesses and failed checks do not count.

    `request` is the entry that asked for it, if one did.
    """

    kind: Literal["waive"]
    assignment: AssignmentId
    request: EntryId | None = None
    lates: Count
    faults: Count


class Accept(Part):
    """A delivery counts as accepted."""

    kind: Literal["accept"]
    assignment: AssignmentId
    submission: EntryId
    beyond: bool = False


class Rescore(Part):
    """A criterion's score, put right or given; `unit` of the time in another than the last unit.

    Where nobody scored, it comes with the scores of all other criteria of its form.
    """

    kind: Literal["criterion"]
    criterion: Id
    points: Points
    unit: Id | None = None


class Restate(Part):
    """The option that is stated for a component, such as a head's e."""

    kind: Literal["statement"]
    statement: Id
    option: Id
    unit: Id | None = None


class Remeasure(Part):
    """A measured value, in the last of the indicator's decimals."""

    kind: Literal["indicator"]
    indicator: Id
    value: Amount
    unit: Id | None = None


Saying = Rescore | Restate | Remeasure
"""What is said of a person for a stretch of time, besides their work."""
Item = Annotated[Waive | Accept | Rescore | Restate | Remeasure, Field(discriminator="kind")]
Items = Annotated[list[Item], Field(max_length=10)]


class CorrectRequest(Part):
    """Put right, without a petition, what turned out to be wrong."""

    period: PeriodId
    official: Id
    reason: Reason
    corrects: Annotated[list[Item], Field(min_length=1, max_length=10)]


class Corrected(Part):
    """The new version's number, and what it says."""

    version: Count
    total: Points | None = None
    rating: Rating | None = None
    standing: Standing


@dataclass(frozen=True)
class Ruling:
    """Who puts a result right, when, why, and on which petition."""

    keyed: Keyed
    now: datetime
    reason: str
    appeal: str | None = None


@dataclass(frozen=True)
class Contested:
    """A person's last version, and what a correction reads of it."""

    period: Period
    scheme: Scheme
    version: Version
    unit: Unit | None

    @property
    def path(self) -> list[str]:
        return [] if self.unit is None else self.unit.path

    @property
    def card(self) -> Scorecard:
        return self.version.result.scorecard

    @property
    def root(self) -> Component:
        return self.scheme.root(self.card.capacity.subject)

    def is_scored(self, criterion: str, unit: str | None) -> bool:
        """For the last unit's time, or that in another."""
        of_unit = self.card.assessments.get(f"{self.period.id}_{unit}")
        told = of_unit or self.card.assessments.get(self.period.id, Assessment())
        return criterion in told.criteria


@dataclass
class _Reopened:
    """One piece of work, with its facts and those that are appended."""

    assignment: Assignment
    facts: list[tuple[str, Entry]]
    added: list[tuple[str, Entry]] = field(default_factory=list)


def correct(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: CorrectRequest
) -> Corrected:
    """Write the next version; all of it or nothing."""
    require(caller, "authority")
    keyed = Keyed.of(caller.uid, key, request)
    ruling = Ruling(keyed, services.clock.now(), request.reason)

    def work(transaction: Transaction) -> Corrected:
        contested = read_contested(transaction, schemes, request.period, request.official)
        require_competence(caller, contested.unit, "official", request.official)
        _require_others(caller, request.official)
        made, writes = correction(transaction, contested, ruling, request.corrects)
        reply = said(made)
        record = recorded(
            keyed,
            ruling.now,
            [version_of(made)],
            action="correct",
            target=refs.official_results(request.period)(request.official).path,
            reason=request.reason,
            reply=reply,
        )
        transaction.write([*writes, *record])
        return reply

    return keyed.once(services.store, Corrected, work)


def said(made: Correction) -> Corrected:
    card = made.result.scorecard
    return Corrected(
        version=made.version, total=card.total, rating=card.rating, standing=card.standing
    )


def named(items: Sequence[Item]) -> list[str]:
    """The pieces of work that are reopened."""
    return sorted({one.assignment for one in items if isinstance(one, Waive | Accept)})


def read_contested(
    transaction: Transaction, schemes: Schemes, period_id: str, official: str
) -> Contested:
    """The last version, which the transaction then holds until it commits."""
    period = read_reviewed(transaction, period_id)
    result = transaction.get(refs.official_results(period_id)(official))
    if result is None:
        raise refuse(
            "missing",
            "official",
            f"{official} has no result in {period_id}",
            f"{official} không có kết quả trong kỳ {period_id}",
        )
    version = first(result)
    while (
        later := transaction.get(refs.correction(period_id, official, version.number + 1))
    ) is not None:
        version = corrected(later)
    unit = transaction.get(refs.units(version.result.unit))
    return Contested(period, schemes.get(period.scheme), version, unit)


def _require_others(caller: Caller, official: str) -> None:
    """Whoever made a mistake may put it right, but nobody the own result."""
    if caller.uid == official:
        raise refuse(
            "forbidden",
            "official",
            "nobody puts right their own result",
            "không ai tự sửa kết quả của mình",
        )


def correction(
    transaction: Transaction, contested: Contested, ruling: Ruling, items: Sequence[Item]
) -> tuple[Correction, list[Write]]:
    """The next version, with the entries it rests on and what follows from them."""
    by = ruling.keyed.by
    _require_own_work(contested)
    work = {name: _reopen(transaction, contested, items, name, by) for name in named(items)}
    for number, item in enumerate(items):
        where = f"corrects.{number}"
        if isinstance(item, Waive | Accept):
            entry = _entry(ruling, work[item.assignment], item, where)
            suffix = ruling.keyed.suffix("correction", str(number))
            work[item.assignment].added.append((suffix, entry))
    folded = {name: _folded(one) for name, one in work.items()}
    for number, item in enumerate(items):
        if isinstance(item, Accept):
            where, name = f"corrects.{number}.submission", item.assignment
            _require_not_gone_on(transaction, contested, name, folded[name], where)
    given = _given(transaction, contested, items)
    windows = petition_windows(transaction, contested.period, contested.scheme.windows, ruling.now)
    made = _made(contested, ruling, work, folded, given, windows)
    short = ruling.reason.strip()[:1_000]
    why = (f"Theo đính chính: {short}", f"By a correction: {short}")
    notice = told_of_version(contested.period, contested.scheme, contested.card, made, why)
    behind = left_behind(transaction, contested, made)
    return made, [*_entry_writes(work, folded), live_card(made), notice, *behind]


def left_behind(transaction: Transaction, contested: Contested, made: Correction) -> list[Write]:
    """Whoever decided on the version before hears that somebody has to decide again."""
    card, version = contested.card, contested.version
    standing = transaction.get(refs.decision(card.period, card.official, version.number))
    decision = rests_on(standing, version)
    return (
        [] if decision is None else [told_to_decider(contested.version.result, made, decision.by)]
    )


def _require_not_gone_on(
    transaction: Transaction, contested: Contested, name: str, work: Assignment, where: str
) -> None:
    """No unit counts in two periods: what went on counts there, unless it was cancelled there."""
    later = goes_on(transaction, name)
    elsewhere = sum(one.value.quantity - _cancelled(transaction, one.ref.id) for one in later)
    done = contribute(work, contested.scheme).done
    if later and done + elsewhere > work.quantity - sum(work.folded.withdrawn.values()):
        raise refuse(
            "conflict",
            where,
            f"these units go on as {later[-1].ref.id} and count there: cancel them there first",
            f"phần việc này đã chuyển tiếp thành {later[-1].ref.id} và được tính ở đó; hãy hủy ở "
            "đó trước",
        )


def _cancelled(transaction: Transaction, name: str) -> int:
    facts, _ = read_entries(transaction.find(refs.entries(name)))
    return sum(entry.quantity for _, entry in facts if isinstance(entry, Cancelled))


def _require_own_work(contested: Contested) -> None:
    if contested.period.parts:
        parts = ", ".join(contested.period.parts)
        raise refuse(
            "conflict",
            "period",
            f"{contested.period.id} pools {parts}: correct the result there, and this one follows",
            f"kỳ {contested.period.id} tổng hợp từ {parts}: hãy đính chính ở kỳ đó, kỳ này tự theo",
        )


def version_of(made: Correction) -> Change:
    """Beside those before it."""
    card = made.result.scorecard
    return Change(refs.correction(card.period, card.official, made.version), None, made)


def _made(
    contested: Contested,
    ruling: Ruling,
    work: dict[str, _Reopened],
    folded: dict[str, Assignment],
    given: Given,
    windows: tuple[datetime | None, datetime | None],
) -> Correction:
    contributions = {name: contribute(one, contested.scheme) for name, one in folded.items()}
    result = corrected_result(
        contested.version.result,
        contested.scheme,
        contributions=contributions,
        given=given,
        entries=sum(len(one.added) for one in work.values()),
    )
    if result.scorecard == contested.card:
        raise refuse(
            "invalid",
            "corrects",
            "changes nothing in the result",
            "không làm thay đổi kết quả",
        )
    return sealed(
        Correction(
            version=contested.version.number + 1,
            replaces=contested.version.digest,
            result=result,
            path=contested.path,
            entries={name: [suffix for suffix, _ in one.added] for name, one in work.items()},
            **_kept(given),
            petition_until=windows[0],
            answer_until=windows[1],
            appeal=ruling.appeal,
            reason=ruling.reason,
            by=ruling.keyed.by,
            at=ruling.now,
            digest="0" * 64,
        )
    )


def _reopen(
    transaction: Transaction, contested: Contested, items: Sequence[Item], name: str, by: str
) -> _Reopened:
    """The work as the last version counted it; one that has changed since is not built on."""
    where = next(
        f"corrects.{number}.assignment"
        for number, one in enumerate(items)
        if isinstance(one, Waive | Accept) and one.assignment == name
    )
    assignment: Assignment | None = transaction.get(refs.assignments(name))
    standing = contested.card.contributions.get(name)
    if assignment is None or standing is None:
        raise refuse(
            "missing",
            where,
            f"is none of the work that {contested.card.official}'s result rests on",
            "không thuộc các công việc của kết quả này",
        )
    facts, _ = read_entries(transaction.find(refs.entries(name)))
    if any(isinstance(one, Waive) and one.assignment == name for one in items):
        require_unbiased(by, assignment, (entry for _, entry in facts), contested.scheme)
    reopened = _Reopened(assignment, facts)
    if _contribution(reopened, contested.scheme) != standing:
        raise refuse(
            "conflict",
            where,
            "its entries are no longer those that the result rests on: have the period verified",
            "các mục ghi không còn khớp kết quả đã công bố: cần kiểm tra lại kỳ này",
        )
    return reopened


def _contribution(work: _Reopened, scheme: Scheme) -> Contribution:
    return contribute(_folded(work), scheme)


def _folded(work: _Reopened) -> Assignment:
    return work.assignment.model_copy(update={"folded": fold_all([*work.facts, *work.added])})


def _entry(ruling: Ruling, work: _Reopened, item: Waive | Accept, where: str) -> Entry:
    by, at, reason = ruling.keyed.by, ruling.now, ruling.reason
    match item:
        case Waive():
            return ExemptionDecided(
                by=by,
                at=at,
                request=item.request or ruling.keyed.suffix("request", where),
                lates_waived=item.lates,
                faults_waived=item.faults,
                reason=reason,
            )
        case Accept():
            if item.submission not in _folded(work).folded.submissions:
                raise refuse(
                    "missing",
                    f"{where}.submission",
                    "there is no such delivery",
                    "không có lần nộp này",
                )
            return Accepted(
                by=by, at=at, submission=item.submission, beyond=item.beyond, note=reason
            )


def _given(transaction: Transaction, contested: Contested, items: Sequence[Item]) -> Given:
    """What the items say besides the work, each checked against what the scheme asks."""
    criteria: dict[str, dict[str, int]] = defaultdict(dict)
    statements: dict[str, dict[str, str]] = defaultdict(dict)
    values: dict[str, dict[str, int]] = defaultdict(dict)
    for number, item in enumerate(items):
        if isinstance(item, Waive | Accept):
            continue
        where = f"corrects.{number}"
        stretch = _stretch(transaction, contested, item, where)
        told = contested.card.assessments.get(stretch, Assessment())
        match item:
            case Rescore():
                _require_criterion(contested, told, item, where)
                criteria[stretch][item.criterion] = item.points
            case Restate():
                _require_statement(contested, item, where)
                statements[stretch][item.statement] = item.option
            case Remeasure():
                _require_indicator(contested, told, item, where)
                values[stretch][item.indicator] = item.value
    given = Given(criteria, statements, values)
    _require_whole(contested, given)
    return given


def _kept(given: Given) -> dict[str, Any]:
    return {
        "criteria": _sorted(given.criteria),
        "statements": _sorted(given.statements),
        "indicators": _sorted(given.indicators),
    }


def _sorted(said: Mapping[str, Mapping[str, V]]) -> dict[str, dict[str, V]]:
    return {stretch: dict(sorted(one.items())) for stretch, one in sorted(said.items())}


def _stretch(transaction: Transaction, contested: Contested, item: Saying, where: str) -> str:
    """The time that it is said for, in which the person served and was there."""
    stretch = _named_stretch(transaction, contested, item, where)
    told = contested.card.assessments.get(stretch)
    if told is not None and told.away:
        raise refuse(
            "conflict",
            where,
            f"on leave throughout {stretch}: nothing that is said of this time counts",
            f"nghỉ trọn thời gian {stretch} nên không tính điểm cho thời gian này",
        )
    return stretch


def _named_stretch(transaction: Transaction, contested: Contested, item: Saying, where: str) -> str:
    period = contested.period
    stretch = period.id if item.unit is None else f"{period.id}_{item.unit}"
    if item.unit is None or stretch in contested.card.assessments:
        return stretch
    official = transaction.get(refs.officials(contested.card.official))
    home = None if official is None else official.unit_in(period.start, period.end)
    if item.unit == home:
        return period.id
    if official is None or item.unit not in official.units_in(period.start, period.end):
        raise refuse(
            "missing",
            f"{where}.unit",
            f"did not serve in {item.unit} in {period.id}",
            f"không công tác tại {item.unit} trong kỳ {period.id}",
        )
    return stretch


def _require_criterion(contested: Contested, told: Assessment, item: Rescore, where: str) -> None:
    """One of the scheme's or of a position held then; within its scale."""
    criterion = next(
        (
            one
            for form in forms(contested.root, told)
            for one in form.criteria
            if one.id == item.criterion
        ),
        None,
    )
    if criterion is None:
        raise refuse(
            "missing",
            f"{where}.criterion",
            "is no criterion of the scheme",
            "không có tiêu chí này",
        )
    if not criterion.least <= item.points <= criterion.most:
        raise refuse(
            "invalid",
            f"{where}.points",
            f"lies outside the scale {criterion.least} to {criterion.most}",
            f"ngoài thang điểm từ {criterion.least} đến {criterion.most}",
        )


def _require_statement(contested: Contested, item: Restate, where: str) -> None:
    found = [
        one
        for one in components(contested.root)
        if isinstance(one, Statement) and one.id == item.statement
    ]
    if not found:
        raise refuse(
            "missing",
            f"{where}.statement",
            "is nothing that the scheme has stated of this person",
            "quy chế không có nội dung nhận định này đối với người được đánh giá",
        )
    if found[0].derived is not None:
        raise refuse(
            "conflict",
            f"{where}.statement",
            "follows from the ratings of the subordinates: correct theirs, and it follows",
            "được suy ra từ xếp loại cấp dưới: hãy đính chính kết quả của họ, mục này tự theo",
        )
    if item.option not in found[0].options:
        options = ", ".join(sorted(found[0].options))
        raise refuse(
            "invalid",
            f"{where}.option",
            f"is none of {options}",
            f"phải là một trong: {options}",
        )


def _require_indicator(contested: Contested, told: Assessment, item: Remeasure, where: str) -> None:
    if item.indicator not in {one.id for one in indicators(contested.root, told)}:
        raise refuse(
            "missing",
            f"{where}.indicator",
            "is no indicator of the scheme or of a position held",
            "không phải chỉ số của quy chế hay của vị trí việc làm",
        )


def _require_whole(contested: Contested, given: Given) -> None:
    """Scores count only together, so those that nobody gave are all given at once."""
    told = assessed(contested.card.assessments, contested.root, given)
    for stretch, scores in given.criteria.items():
        for form in forms(contested.root, told[stretch]):
            lacking = criteria_faults(form, told[stretch].criteria)
            if lacking and not scores.keys().isdisjoint(one.id for one in form.criteria):
                names = ", ".join(lacking)
                raise refuse(
                    "invalid",
                    "corrects",
                    f"scores of {form.id} for {stretch} count only together; "
                    f"nobody scored {names}: give these too",
                    f"điểm {form.title.vi} của {stretch} chỉ được tính khi đủ tiêu chí; còn thiếu "
                    f"{names}: hãy cho điểm cả các tiêu chí này",
                )


def _entry_writes(work: dict[str, _Reopened], folded: dict[str, Assignment]) -> list[Write]:
    entries = [
        create(refs.entries(name)(suffix), entry)
        for name, one in work.items()
        for suffix, entry in one.added
    ]
    states = [
        patch(refs.assignments(name), {("folded",): one.folded.fields()})
        for name, one in folded.items()
    ]
    return [*entries, *states]


def live_card(made: Correction) -> Write:
    """The live scorecard, which names only units that assigned work."""
    card = made.result.scorecard
    live = card if card.contributions else card.model_copy(update={"path": []})
    return put(refs.scorecard(card.period, card.official), live)
