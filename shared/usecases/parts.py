"""Which periods a quarter or year may pool: they must join without a gap or an overlap."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from shared import refs
from shared.errors import refuse
from shared.models.period import Period
from shared.models.scheme import Calendar, Scheme
from shared.ports import Transaction
from shared.scoring.rollup import unreadable
from shared.usecases.calendar import bounds, kind_of, zone_of
from shared.usecases.opened import no_period

QUARTER = timedelta(days=92)
"""At most: so far before January an evaluation year may begin."""
YEAR = timedelta(days=366)
HALF = "07-01"
"""A year that is rated before a day of the first half is rated in the year after."""


def rolled_up(
    transaction: Transaction, scheme: Scheme, period_id: str, parts: Sequence[str], time_zone: str
) -> Period:
    """The roll-up, open until its parts are over; raises RefusedError naming the part.

    A quarter is tiled exactly. An evaluation year is what its parts tile: where the year
    must be rated before it is over, it ends with the last part that can be closed by
    then, and the next one begins there, so that no month is lost or counted twice.
    """
    if kind_of(period_id) == "month":
        raise refuse("invalid", "parts", "a month has no parts", "tháng không gồm kỳ nhỏ hơn")
    periods = sorted(_read(transaction, parts), key=lambda one: one.start)
    _require_joined(periods)
    _require_fitting(period_id, periods, time_zone)
    _require_readable(transaction, periods, scheme)
    _require_untaken(transaction, period_id, periods)
    return Period(
        id=period_id,
        kind=kind_of(period_id),
        start=periods[0].start,
        end=periods[-1].end,
        closes_at=periods[-1].end,
        time_zone=time_zone,
        scheme=scheme.ref,
        parts=[one.id for one in periods],
        state="open",
        rated_before=_rated_before(period_id, scheme.calendar, time_zone),
    )


def _read(transaction: Transaction, parts: Sequence[str]) -> Iterable[Period]:
    periods = transaction.get_all([refs.periods(part) for part in parts])
    for number, (part, period) in enumerate(zip(parts, periods, strict=True)):
        if period is None:
            raise no_period(part, f"parts.{number}")
        yield period


def _require_joined(periods: Sequence[Period]) -> None:
    for before, after in pairwise(periods):
        if before.end != after.start:
            raise refuse(
                "invalid",
                "parts",
                f"{before.id} and {after.id} overlap or leave a gap",
                f"{before.id} và {after.id} chồng lên nhau hoặc còn khoảng trống",
            )


def _require_fitting(period_id: str, periods: Sequence[Period], time_zone: str) -> None:
    start, end = periods[0].start, periods[-1].end
    first, last = bounds(period_id, time_zone)
    if kind_of(period_id) == "quarter":
        fits = (start, end) == (first, last)
    else:
        fits = first - QUARTER <= start and first < end <= last and end - start <= YEAR
    if not fits:
        raise refuse(
            "invalid",
            "parts",
            f"{periods[0].id} to {periods[-1].id} do not make {period_id}",
            f"các kỳ từ {periods[0].id} đến {periods[-1].id} không thành kỳ {period_id}",
        )


def _require_readable(transaction: Transaction, periods: Sequence[Period], scheme: Scheme) -> None:
    wanted = sorted({one.scheme for one in periods} - {scheme.ref})
    found = transaction.get_all([refs.schemes(ref) for ref in wanted])
    known = dict(zip(wanted, found, strict=True)) | {scheme.ref: scheme}
    for period in periods:
        standing = known[period.scheme]
        missing = ["?"] if standing is None else unreadable(standing, scheme)
        if missing:
            names = ", ".join(missing)
            raise refuse(
                "conflict",
                "parts",
                f"{period.id} is scored by {period.scheme}, which has not the same {names}",
                f"kỳ {period.id} chấm theo {period.scheme}, không có cùng {names}",
            )


def _require_untaken(transaction: Transaction, period_id: str, periods: Sequence[Period]) -> None:
    """No month counts in two years; a quarter's bounds see to that by themselves."""
    if kind_of(period_id) == "quarter":
        return
    start, end = periods[0].start, periods[-1].end
    neighbours = [f"{int(period_id) + n:04d}" for n in (-1, 1)]
    for other in transaction.get_all([refs.periods(name) for name in neighbours]):
        if other is not None and other.parts and other.start < end and start < other.end:
            raise refuse(
                "conflict",
                "parts",
                f"some of this time counts in {other.id} already",
                f"một phần thời gian này đã tính vào kỳ {other.id}",
            )


def _rated_before(period_id: str, calendar: Calendar | None, time_zone: str) -> datetime | None:
    if calendar is None or kind_of(period_id) != "year":
        return None
    year = int(period_id) + (calendar.year_before < HALF)
    month, day = map(int, calendar.year_before.split("-"))
    return datetime(year, month, day, tzinfo=zone_of(time_zone, "time_zone"))
