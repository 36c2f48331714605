"""What a later version of a result says to whom it is of: both outcomes, and how to contest it."""

from datetime import datetime

from shared import refs
from shared.models.correction import Correction
from shared.models.notice import Notice
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Scheme, Title, Words
from shared.models.scorecard import Scorecard
from shared.ports import Write, put
from shared.scoring.digest import UNSEALED
from shared.scoring.record import sealed_notice
from shared.scoring.rounding import decimals
from shared.scoring.telling import band_title
from shared.vietnamese import day


def told_of_version(
    period: Period, scheme: Scheme, before: Scorecard, made: Correction, why: tuple[str, str]
) -> Write:
    """Nobody is rated otherwise without hearing of it, and having a time to contest it."""
    name = f"version.{period.id}.{made.version}"
    notice = _notice(period, scheme, before, made, why)
    return put(refs.inbox(before.official)(name), notice)


def contestable(vi: str, en: str, until: datetime, period: Period) -> tuple[str, str]:
    """What is told, with the day before which it may be contested."""
    last = day(until, period.time_zone)
    return (
        f"{vi} Có thể kiến nghị trước ngày {last}.",
        f"{en} It may be contested before {last}.",
    )


def told_to_decider(before: Result, made: Correction, decider: str) -> Write:
    card = before.scorecard
    notice = Notice(
        kind="result",
        title=Title(vi="Cần quyết định lại xếp loại", en="A rating is to be decided again"),
        body=Words(
            vi=f"Kết quả kỳ {card.period} của {before.name} có bản mới sau quyết định của bạn.",
            en=f"The result of {before.name} in {card.period} was corrected after you decided.",
        ),
        at=made.at,
        digest=UNSEALED,
    )
    name = f"behind.{card.period}.{card.official}.{made.version}"
    return put(refs.inbox(decider)(name), sealed_notice(notice))


def _notice(
    period: Period, scheme: Scheme, before: Scorecard, made: Correction, why: tuple[str, str]
) -> Notice:
    was, now = (_outcome(one, scheme) for one in (before, made.result.scorecard))
    vi = f"{why[0]}.\n\nTrước: {was.vi}. Nay: {now.vi}."
    en = f"{why[1]}.\n\nBefore: {was.en}. Now: {now.en}."
    if made.petition_until is not None:
        vi, en = contestable(vi, en, made.petition_until, period)
    notice = Notice(
        kind="result",
        title=Title(
            vi=f"Kết quả kỳ {period.id} của bạn có bản mới",
            en=f"Your result of {period.id} has a new version",
        ),
        body=Words(vi=vi, en=en),
        at=made.at,
        digest=UNSEALED,
    )
    return sealed_notice(notice)


def _outcome(card: Scorecard, scheme: Scheme) -> Title:
    if card.total is None or card.rating is None:
        return Title(vi="chưa xếp loại", en="not rated")
    total, title = decimals(card.total), band_title(card.rating, scheme)
    return Title(vi=f"{total} điểm, {title.vi}", en=f"{total} points, {title.en}")
