"""A scheme's windows, which count working days, as the times that a period freezes."""

from dataclasses import dataclass
from datetime import datetime

from shared.models.period import Period
from shared.models.scheme import Windows
from shared.ports import Transaction
from shared.usecases.calendar import zone_of
from shared.usecases.working_days import (
    DaysOff,
    after_working_days,
    before_working_days,
    read_days_off,
)


@dataclass(frozen=True)
class Scoring:
    """When people score themselves, and when the heads' time ends and the period locks."""

    self_from: datetime
    self_until: datetime
    closes_at: datetime


def scoring_windows(
    transaction: Transaction, windows: Windows, end: datetime, now: datetime, time_zone: str
) -> Scoring:
    """The windows around a period's end; one opened after its end has them from then on."""
    zone, after = zone_of(time_zone, "time_zone"), max(end, now)
    off = read_days_off(transaction, (end.year - 1, end.year, after.year, after.year + 1))
    self_until = after_working_days(after, windows.self_score, off, zone)
    return Scoring(
        self_from=before_working_days(end, windows.self_early, off, zone),
        self_until=self_until,
        closes_at=after_working_days(self_until, windows.head_score, off, zone),
    )


@dataclass(frozen=True)
class HandedOn:
    """When others may score in the head's place; None where the scheme does not say."""

    deputies_from: datetime | None = None
    above_from: datetime | None = None


def handed_on(
    transaction: Transaction,
    windows: Windows | None,
    end: datetime,
    closes_at: datetime,
    time_zone: str,
) -> HandedOn:
    """So many working days before the lock; not before the period's end."""
    if windows is None:
        return HandedOn()
    zone = zone_of(time_zone, "time_zone")
    off = read_days_off(transaction, (end.year, closes_at.year))

    def last(days: int | None) -> datetime | None:
        return None if days is None else max(end, before_working_days(closes_at, days, off, zone))

    return HandedOn(last(windows.deputies), last(windows.above))


def published(
    transaction: Transaction, period: Period, windows: Windows | None, now: datetime
) -> Period:
    """The period with its results up for review, and petitions heard from now on."""
    reviewed = period.model_copy(update={"state": "review"})
    heard, answered = petition_windows(transaction, period, windows, now)
    return reviewed.model_copy(update={"petition_until": heard, "answer_until": answered})


def petition_windows(
    transaction: Transaction, period: Period, windows: Windows | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Until when what is published now may be contested, and is answered; no bound by default."""
    if windows is None:
        return None, None
    zone = zone_of(period.time_zone, "time_zone")
    off: DaysOff = read_days_off(transaction, (now.year, now.year + 1))
    petition_until = after_working_days(now, windows.petition, off, zone)
    answer_until = after_working_days(petition_until, windows.answer, off, zone)
    return petition_until, answer_until
