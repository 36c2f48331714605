"""Write down what follows from a later version: versions too, each told to whom it concerns.

A version's event asks for what follows directly: the ratings of the heads of its unit,
unit by unit upwards, and the roll-ups that its period is part of. Each is computed from
what stands and written only where that is other than what it says, so steps may come
twice, late or in any order: whoever comes last has seen everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import refs
from shared.errors import ConflictError, NotYetError
from shared.models.base import Id, Part, PeriodId
from shared.models.correction import Correction
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.models.unit import Unit
from shared.ports import Queue, Services, Transaction, Where
from shared.scoring.digest import UNSEALED, digest, sealed
from shared.usecases.close import task_safe
from shared.usecases.consequences import Later, concluded, follows_of, outcome, pooled_again
from shared.usecases.correct import Contested, left_behind, live_card, read_contested, version_of
from shared.usecases.recorded import PLATFORM, by_platform, recorded
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Version, read_version
from shared.usecases.versions import told_of_version
from shared.usecases.windows import petition_windows

MOST_NAMES = 3


class HeadsTask(Part):
    """Who answers for the unit, in this period."""

    period: PeriodId
    unit: Id


class RollUpTask(Part):
    """One person's roll-up."""

    period: PeriodId
    official: Id


FollowTask = HeadsTask | RollUpTask


@dataclass(frozen=True)
class _Consequence:
    """A result as it is to be, and what it was concluded from."""

    result: Result
    follows: Sequence[str]
    vi: str
    en: str

    @property
    def card(self) -> Scorecard:
        return self.result.scorecard


def ask_what_follows(services: Services, period_id: str, correction_id: str) -> None:
    """Of a version that was made: one task for each consequence."""
    correction = services.store.get(refs.corrections(period_id)(correction_id))
    period = services.store.get(refs.periods(period_id))
    if correction is None or period is None:
        return
    if not period.parts:
        _enqueue(
            services.queue, HeadsTask(period=period_id, unit=correction.path[-1]), correction_id
        )
    official = correction.result.scorecard.official
    ask_roll_ups(services, period_id, official, correction_id)


def ask_roll_ups(services: Services, part: str, official: str, cause: str) -> None:
    """To be pooled again, wherever the part is pooled already."""
    where = Where("parts", "array_contains", part)
    for found in services.store.find(refs.periods, where=where):
        if found.value.state != "open":
            _enqueue(
                services.queue,
                RollUpTask(period=found.ref.id, official=official),
                f"{part}-{cause}",
            )


def follow(services: Services, schemes: Schemes, task: FollowTask) -> None:
    """Bring one consequence up to date; raises NotYetError while its period is being compiled."""
    period = services.store.get(refs.periods(task.period))
    if period is None or period.state == "open":
        return
    if period.state == "closing":
        raise NotYetError(f"{period.id} is being compiled")
    scheme = schemes.get(period.scheme)
    if isinstance(task, RollUpTask):
        _follow_roll_up(services, schemes, scheme, period, task)
    else:
        _follow_heads(services, schemes, scheme, period, task)


def _follow_heads(
    services: Services, schemes: Schemes, scheme: Scheme, period: Period, task: HeadsTask
) -> None:
    """The heads of the unit, then those of the unit above, who answer for these too."""
    store = services.store
    unit = store.get(refs.units(task.unit))
    if unit is None:
        return
    known = [one.value for one in store.find(refs.corrections(period.id))]
    later = Later(store, period, known)
    for result in concluded(store, scheme, period, unit, later):
        follows = follows_of(later, task.unit, result.scorecard.official)
        vi, en = _because_of_people(later, unit, period)
        _write(services, schemes, task, _Consequence(result, follows, vi, en))
    if unit.parent is not None:
        above = HeadsTask(period=period.id, unit=unit.parent)
        _enqueue(services.queue, above, digest(sorted(map(_name, later.last.values())))[:16])


def _name(correction: Correction) -> str:
    return f"{correction.result.scorecard.official}_{correction.version}"


def _because_of_people(later: Later, unit: Unit, period: Period) -> tuple[str, str]:
    people = sorted(one.result.name for one in later.under(unit.path[-1]))
    some = ", ".join(people[:MOST_NAMES]) + ("…" if len(people) > MOST_NAMES else "")
    return (
        f"Theo kết quả đã đính chính kỳ {period.id} trong {unit.name}: {some}",
        f"It follows from corrected results of {period.id} in {unit.name}: {some}",
    )


def _follow_roll_up(
    services: Services, schemes: Schemes, scheme: Scheme, period: Period, task: RollUpTask
) -> None:
    if services.store.get(refs.official_results(period.id)(task.official)) is None:
        return
    result, papers = pooled_again(services.store, scheme, period, task.official)
    vi = f"Theo kết quả đã đính chính của kỳ thành phần thuộc {period.id}"
    en = f"It follows from a corrected part of {period.id}"
    _write(services, schemes, task, _Consequence(result, papers, vi, en))


def _write(services: Services, schemes: Schemes, task: FollowTask, told: _Consequence) -> None:
    """The next version, unless the last one says so already."""
    version = read_version(services.store, told.card.period, told.card.official)
    if version is not None and outcome(version.result) != outcome(told.result):
        now = services.clock.now()
        services.store.transact(
            lambda transaction: _add(transaction, schemes, task, told, version, now)
        )


def _add(
    transaction: Transaction,
    schemes: Schemes,
    task: FollowTask,
    told: _Consequence,
    version: Version,
    now: datetime,
) -> None:
    card = told.card
    contested = read_contested(transaction, schemes, card.period, card.official)
    if contested.version.digest != version.digest:
        raise ConflictError(f"{card.official} has a later version in {card.period}")
    made = _made(transaction, contested, told, now)
    keyed = by_platform(task, "follow", made.replaces, told.result.digest)
    record = recorded(
        keyed,
        now,
        [version_of(made)],
        action="follow",
        target=refs.official_results(card.period)(card.official).path,
        reason=made.reason,
    )
    why = (told.vi, told.en)
    notice = told_of_version(contested.period, contested.scheme, contested.card, made, why)
    live = [] if contested.period.parts else [live_card(made)]
    behind = left_behind(transaction, contested, made)
    transaction.write([*record, *live, notice, *behind])


def _made(
    transaction: Transaction, contested: Contested, told: _Consequence, now: datetime
) -> Correction:
    heard, answered = petition_windows(transaction, contested.period, contested.scheme.windows, now)
    return sealed(
        Correction(
            version=contested.version.number + 1,
            replaces=contested.version.digest,
            result=told.result,
            path=contested.path,
            follows=list(told.follows),
            petition_until=heard,
            answer_until=answered,
            reason=f"{told.vi} / {told.en}",
            by=PLATFORM,
            at=now,
            digest=UNSEALED,
        )
    )


def _enqueue(queue: Queue, task: FollowTask, cause: str) -> None:
    fields = task.fields()
    name = "-".join(["follow", *map(task_safe, map(str, fields.values())), task_safe(cause)])
    queue.enqueue("follow", fields, name=name)
