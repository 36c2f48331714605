"""The lock: what may still change in a period."""

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.period import Period
from shared.ports import Transaction


def read_open(transaction: Transaction, period_id: str, field: str) -> Period:
    """The period, which the transaction then holds open until it commits."""
    period: Period | None = transaction.get(refs.periods(period_id))
    if period is None:
        raise no_period(period_id, field)
    if period.state != "open":
        raise refuse(
            "closed",
            field,
            f"period {period_id} is {period.state}; nothing in it changes any more",
            f"kỳ {period_id} đã khóa, không thể thay đổi",
        )
    if period.parts:
        raise refuse(
            "closed",
            field,
            f"{period_id} pools {', '.join(period.parts)} and has no work of its own",
            f"kỳ {period_id} tổng hợp từ {', '.join(period.parts)}, không giao việc riêng",
        )
    return period


def no_period(period_id: str, field: str) -> RefusedError:
    return refuse("missing", field, f"there is no period {period_id}", f"không có kỳ {period_id}")
