"""Why somebody's score is what it is, for them and for whoever answers for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared import refs
from shared.errors import refuse
from shared.models.base import Count, Id, Part, PeriodId, Points
from shared.models.correction import Correction
from shared.models.decision import Decision
from shared.models.period import PUBLISHED, Period, State
from shared.models.scheme import Rating, Scheme
from shared.models.scorecard import Scorecard, Standing
from shared.ports import Store
from shared.scoring.explanation import explain as explain_card
from shared.scoring.rounding import decimals
from shared.scoring.telling import Line, band_title
from shared.usecases.caller import Caller
from shared.usecases.history import told
from shared.usecases.opened import no_period
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Version, read_version, standing_on
from shared.vietnamese import day


class ExplainRequest(Part):
    """The own score, or `official`'s."""

    period: PeriodId
    official: Id | None = None


class Told(Part):
    vi: str
    en: str


class Explained(Part):
    """`version` is absent while the period is under way and the score is live."""

    period: PeriodId
    official: Id
    state: State
    version: Count | None = None
    standing: Standing
    total: Points | None = None
    rating: Rating | None = None
    decided: Rating | None = None
    lines: list[Told]


@dataclass(frozen=True)
class _Found:
    """The scorecard to explain, who may see it, and what came after it was compiled."""

    card: Scorecard
    path: list[str]
    version: Version | None
    decision: Decision | None
    corrections: list[Correction]


def explain(store: Store, schemes: Schemes, caller: Caller, request: ExplainRequest) -> Explained:
    """Every step from the facts to the rating, with the corrections and the decision on it."""
    official = request.official or caller.uid
    period = store.get(refs.periods(request.period))
    if period is None:
        raise no_period(request.period, "period")
    found = _find(store, period, official)
    _require_readable(caller, official, found)
    if found is None:
        raise refuse(
            "missing",
            "official",
            f"nothing of {official} is known in {period.id}",
            f"kỳ {period.id} chưa có dữ liệu của {official}",
        )
    scheme = schemes.get(period.scheme)
    lines = [
        *_status(period),
        *explain_card(found.card, scheme),
        *_rewritten(store, period, found, scheme),
        *_later(found, scheme, period.time_zone),
    ]
    return Explained(
        period=period.id,
        official=official,
        state=period.state,
        version=found.version.number if found.version else None,
        standing=found.card.standing,
        total=found.card.total,
        rating=found.card.rating,
        decided=found.decision.rating if found.decision else None,
        lines=[Told(vi=line.vi, en=line.en) for line in lines],
    )


def _find(store: Store, period: Period, official: str) -> _Found | None:
    if period.state not in PUBLISHED:
        card = store.get(refs.scorecard(period.id, official))
        return None if card is None else _Found(card, card.path, None, None, [])
    version = read_version(store, period.id, official)
    if version is None:
        return None
    unit = store.get(refs.units(version.result.unit))
    corrections = store.find(refs.corrections(period.id), prefix=f"{official}_")
    return _Found(
        version.result.scorecard,
        [] if unit is None else unit.path,
        version,
        standing_on(store, version).decision,
        sorted((one.value for one in corrections), key=lambda one: one.version),
    )


def _require_readable(caller: Caller, official: str, found: _Found | None) -> None:
    """The person, heads of the unit and above, and those who oversee all."""
    if caller.uid == official or caller.has("organiser", "authority", "auditor"):
        return
    if found is None or not caller.heads(found.path):
        raise refuse(
            "forbidden",
            "official",
            "only the person, heads of the unit and above and those who oversee may see this",
            "chỉ người được đánh giá, thủ trưởng và cơ quan tổng hợp được xem",
        )


def _status(period: Period) -> Iterator[Line]:
    if period.state not in PUBLISHED:
        yield Line(
            f"Kỳ {period.id} đang diễn ra: điểm tạm tính",
            f"{period.id} is under way: the score so far",
        )
    elif period.state == "review":
        yield Line(
            f"Kỳ {period.id} đang được xem xét: kết quả tạm thời, có thể kiến nghị",
            f"{period.id} is under review: a provisional result, which may be contested",
        )


def _rewritten(store: Store, period: Period, found: _Found, scheme: Scheme) -> list[Line]:
    """Once published, also what heads had scored otherwise before."""
    if found.version is None:
        return []
    stretches = {one.partition("_")[2] for one in found.card.assessments}
    units = sorted({found.version.result.unit, *stretches} - {""})
    root = scheme.root(found.card.capacity.subject)
    return told(store, period, found.card.official, units, root)


def _later(found: _Found, scheme: Scheme, time_zone: str) -> Iterator[Line]:
    for one in found.corrections:
        total = one.result.scorecard.total
        now = "-" if total is None else decimals(total)
        at = day(one.at, time_zone)
        yield Line(
            f"Bản {one.version} ngày {at}, {one.by} đính chính: {one.reason}. Tổng = {now}",
            f"Version {one.version} of {at}, corrected by {one.by}: {one.reason}. Total = {now}",
        )
    decision = found.decision
    if decision is not None:
        title = band_title(decision.rating, scheme)
        vi, en = f"{decision.by} quyết định: {title.vi}", f"Decided by {decision.by}: {title.en}"
        why = "" if decision.reason is None else f" ({decision.reason})"
        yield Line(vi + why, en + why)
