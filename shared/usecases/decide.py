"""The competent authority decides ratings: one by one with a reason, or all as computed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared import refs
from shared.errors import Code, refuse
from shared.models.base import Count, Id, Line, Part, PeriodId, Reason
from shared.models.correction import FIRST
from shared.models.decision import Decision
from shared.models.notice import Notice
from shared.models.period import Period
from shared.models.scheme import Rating, Scheme, Title, Words
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction, Write, put
from shared.scoring.digest import UNSEALED
from shared.scoring.record import sealed_notice
from shared.scoring.telling import band_title
from shared.usecases.caller import Caller, is_competent, require, require_competence
from shared.usecases.follow import ask_roll_ups
from shared.usecases.keyed import Keyed
from shared.usecases.reading import BATCH
from shared.usecases.recorded import Change, recorded
from shared.usecases.reviewed import read_reviewed
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Version, read_version, read_versions, rests_on
from shared.usecases.versions import contestable

MOST = BATCH
"""Decisions in one call: what the store writes at once."""


class Choice(Part):
    """The rating of one person; another than the computed one says why."""

    official: Id
    rating: Rating
    reason: Reason | None = None


class DecideRequest(Part):
    """`decisions` one by one; with `unit` everybody else in it and below as computed."""

    period: PeriodId
    unit: Id | None = None
    decisions: Annotated[list[Choice], Field(max_length=MOST)] = []


class Left(Part):
    """Somebody of the unit on whom nothing was decided now, and why."""

    official: Id
    reason: Line
    reason_vi: Line


class Decided(Part):
    decided: Count
    left: list[Left]


@dataclass(frozen=True)
class Case:
    """A result to be decided on; `choice` is absent where it is confirmed as computed."""

    version: Version
    unit: Unit
    choice: Choice | None = None
    field: str = "unit"

    @property
    def official(self) -> str:
        return self.version.result.scorecard.official

    @property
    def computed(self) -> Rating | None:
        return self.version.result.scorecard.rating


@dataclass(frozen=True)
class Obstacle:
    """Why nothing is decided on somebody."""

    code: Code
    en: str
    vi: str


@dataclass(frozen=True)
class _Sitting:
    """One call: who decides what, in which period, and what it reads."""

    store: Store
    caller: Caller
    period: Period
    scheme: Scheme
    request: DecideRequest
    units: dict[str, Unit]
    now: datetime


def decide(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: DecideRequest
) -> Decided:
    """Record what the authority decided; all of it or nothing."""
    require(caller, "authority")
    _require_something(request)
    keyed = Keyed.of(caller.uid, key, request)

    def work(transaction: Transaction) -> Decided:
        period = read_reviewed(transaction, request.period)
        sitting = _Sitting(
            store=services.store,
            caller=caller,
            period=period,
            scheme=schemes.get(period.scheme),
            request=request,
            units={one.ref.id: one.value for one in services.store.find(refs.units)},
            now=services.clock.now(),
        )
        return _decide(transaction, sitting, keyed)

    reply = keyed.once(services.store, Decided, work)
    _ask_roll_ups(services, request, key)
    return reply


def _ask_roll_ups(services: Services, request: DecideRequest, key: str) -> None:
    """A roll-up pools what was decided; after final that may change with a later version."""
    period = services.store.get(refs.periods(request.period))
    if period is not None and period.state == "final":
        for choice in request.decisions:
            ask_roll_ups(services, period.id, choice.official, f"decided-{key}")


def _decide(transaction: Transaction, sitting: _Sitting, keyed: Keyed) -> Decided:
    """A correction that comes meanwhile leaves the decision on the version before it."""
    cases = [*_chosen(sitting), *_others(sitting)]
    _require_few(cases)
    standings = transaction.get_all(
        [refs.decision(sitting.period.id, case.official, case.version.number) for case in cases]
    )
    made: list[Change] = []
    told: list[Write] = []
    left: list[Left] = []
    for case, standing in zip(cases, standings, strict=True):
        obstacle = _obstacle(sitting, case, rests_on(standing, case.version))
        if obstacle is None:
            decision = _decision(sitting, case)
            ref = refs.decision(decision.period, decision.official, case.version.number)
            made.append(Change(ref, standing, decision))
            told += _told(sitting, case, decision)
        elif case.choice is not None:
            raise refuse(obstacle.code, case.field, obstacle.en, obstacle.vi)
        else:
            left.append(Left(official=case.official, reason=obstacle.en, reason_vi=obstacle.vi))
    reply = Decided(decided=len(made), left=left)
    target = refs.results(sitting.period.id).path
    record = recorded(keyed, sitting.now, made, action="decide", target=target, reply=reply)
    transaction.write([*record, *told])
    return reply


def _told(sitting: _Sitting, case: Case, decision: Decision) -> list[Write]:
    """Whoever is rated otherwise than computed hears of it, with the reason."""
    if decision.rating == decision.computed:
        return []
    period, scheme = sitting.period, sitting.scheme
    computed, rating = (band_title(one, scheme) for one in (decision.computed, decision.rating))
    reason = (decision.reason or "").strip()[:1_000]
    vi = f"Tính được: {computed.vi}. Quyết định: {rating.vi}."
    en = f"Computed: {computed.en}. Decided: {rating.en}."
    heard = period.petition_until
    if period.state == "review" and heard is not None and sitting.now < heard:
        vi, en = contestable(vi, en, heard, period)
    notice = Notice(
        kind="result",
        title=Title(
            vi=f"Đã quyết định xếp loại kỳ {period.id} của bạn",
            en=f"Your rating of {period.id} was decided",
        ),
        body=Words(vi=f"{vi}\n\n{reason}", en=f"{en}\n\n{reason}"),
        at=sitting.now,
        digest=UNSEALED,
    )
    name = f"decided.{period.id}.{case.version.number}"
    return [put(refs.inbox(decision.official)(name), sealed_notice(notice))]


def _require_something(request: DecideRequest) -> None:
    if request.unit is None and not request.decisions:
        raise refuse(
            "invalid",
            "decisions",
            "is empty, and no unit is named to be confirmed as computed",
            "chưa nêu ai, cũng chưa nêu đơn vị để xác nhận theo kết quả tính",
        )


def _chosen(sitting: _Sitting) -> list[Case]:
    cases: dict[str, Case] = {}
    for number, choice in enumerate(sitting.request.decisions):
        field = f"decisions.{number}"
        if choice.official in cases:
            raise refuse("invalid", f"{field}.official", "is named twice", "được nêu hai lần")
        cases[choice.official] = _case(sitting, choice, field)
    return list(cases.values())


def _case(sitting: _Sitting, choice: Choice, field: str) -> Case:
    version = read_version(sitting.store, sitting.period.id, choice.official)
    if version is None:
        raise refuse(
            "missing",
            f"{field}.official",
            f"{choice.official} has no result in {sitting.period.id}",
            f"{choice.official} không có kết quả trong kỳ {sitting.period.id}",
        )
    unit = sitting.units.get(version.result.unit)
    require_competence(sitting.caller, unit, f"{field}.official", choice.official)
    assert unit is not None  # else nobody is competent
    case = Case(version, unit, choice, f"{field}.official")
    _require_sound(sitting.scheme, case, choice, field)
    return case


def _require_sound(scheme: Scheme, case: Case, choice: Choice, field: str) -> None:
    if choice.rating not in {band.rating for band in scheme.ratings.bands}:
        raise refuse(
            "invalid",
            f"{field}.rating",
            f"{scheme.ref} has no rating {choice.rating}",
            f"quy chế {scheme.ref} không có mức này",
        )
    if choice.rating != case.computed and choice.reason is None:
        raise refuse(
            "invalid",
            f"{field}.reason",
            f"a rating other than the computed one, {case.computed}, needs a reason",
            "xếp loại khác kết quả tính thì phải nêu lý do",
        )


def _others(sitting: _Sitting) -> list[Case]:
    """Everybody of the unit and below on whom the request says nothing else."""
    unit = sitting.request.unit
    if unit is None:
        return []
    if unit not in sitting.units:
        raise refuse("missing", "unit", f"there is no unit {unit}", "không có đơn vị này")
    require_competence(sitting.caller, sitting.units[unit], "unit")
    named = {choice.official for choice in sitting.request.decisions}
    cases = [
        Case(version, one)
        for below, one in sorted(sitting.units.items())
        if unit in one.path
        for version in read_versions(sitting.store, sitting.period.id, below)
    ]
    return [case for case in cases if case.official not in named]


def _require_few(cases: list[Case]) -> None:
    """Whoever is rated otherwise than computed is also told, in the same commit."""
    told = [one for one in cases if one.choice and one.choice.rating != one.computed]
    size = len(cases) + len(told)
    if size > MOST:
        raise refuse(
            "too-large",
            "unit",
            f"at most {MOST} people at once, those decided otherwise counting twice; these are "
            f"{size}: name the units below it",
            f"mỗi lần tối đa {MOST} người, người được quyết định khác kết quả tính là hai; ở đây "
            f"có {size}: hãy chọn từng đơn vị cấp dưới",
        )


def _obstacle(sitting: _Sitting, case: Case, standing: Decision | None) -> Obstacle | None:
    if case.official == sitting.caller.uid:
        return Obstacle(
            "forbidden", "nobody decides the own rating", "không ai tự quyết định cho mình"
        )
    if not is_competent(sitting.caller, case.unit, case.official):
        return Obstacle(
            "forbidden",
            "you stand in for this person, so somebody else decides",
            "bạn đang thay chính người này nên người khác phải quyết định",
        )
    if case.computed is None:
        state = case.version.result.scorecard.standing
        return Obstacle(
            "conflict", f"there is no rating to decide: {state}", "chưa có xếp loại để quyết định"
        )
    if sitting.period.state == "final" and (standing or case.version.number == FIRST):
        return Obstacle(
            "closed",
            "results are final; only a corrected one is decided on again",
            "kết quả đã chốt, chỉ quyết định lại khi có bản đính chính",
        )
    if standing is not None and case.choice is None:
        return Obstacle("conflict", "is decided already", "đã được quyết định")
    return None


def _decision(sitting: _Sitting, case: Case) -> Decision:
    computed = case.computed
    assert computed is not None  # else there was an obstacle
    return Decision(
        period=sitting.period.id,
        official=case.official,
        unit=case.version.result.unit,
        path=case.unit.path,
        computed=computed,
        rating=case.choice.rating if case.choice else computed,
        reason=case.choice.reason if case.choice else None,
        result=case.version.digest,
        by=sitting.caller.uid,
        at=sitting.now,
    )
