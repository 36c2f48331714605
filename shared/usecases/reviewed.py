"""Review: what may be decided, answered and corrected once a period is compiled."""

from shared import refs
from shared.errors import refuse
from shared.models.period import Period
from shared.ports import Transaction
from shared.usecases.opened import no_period


def read_reviewed(transaction: Transaction, period_id: str, field: str = "period") -> Period:
    """The period, whose results are published, if not yet final."""
    return require_compiled(transaction.get(refs.periods(period_id)), period_id, field)


def require_compiled(period: Period | None, period_id: str, field: str = "period") -> Period:
    """Refuse a period that is unknown or not compiled yet."""
    if period is None:
        raise no_period(period_id, field)
    if period.state not in ("review", "final"):
        raise refuse(
            "conflict",
            field,
            f"period {period_id} is {period.state}; it has no results yet",
            f"kỳ {period_id} đang ở trạng thái {period.state}, chưa có kết quả",
        )
    return period
