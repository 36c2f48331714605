"""Publish a year's holidays, when the government has set them or changed them."""

from datetime import datetime
from typing import Literal

from shared import refs
from shared.errors import refuse
from shared.models.base import Part
from shared.models.holidays import Holidays
from shared.ports import Services, Transaction
from shared.usecases.caller import Caller, require
from shared.usecases.keyed import Keyed
from shared.usecases.recorded import Change, recorded
from shared.usecases.working_days import impossible_days


class PublishHolidays(Part):
    """What periods opened, moved or published from now on count by; frozen windows stay."""

    action: Literal["holidays"]
    holidays: Holidays


class HolidaysReply(Part):
    year: int


def publish_holidays(
    services: Services, caller: Caller, key: str, request: PublishHolidays
) -> HolidaysReply:
    """Publish the list in place of the year's last one; raises RefusedError."""
    require(caller, "organiser")
    for day in impossible_days(request.holidays):
        raise refuse(
            "invalid",
            "holidays",
            f"{day} is no day of {request.holidays.year}, or both off and worked",
            f"{day} không có trong năm {request.holidays.year}, hoặc vừa nghỉ vừa làm",
        )
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        HolidaysReply,
        lambda transaction: _publish(transaction, keyed, request.holidays, now),
    )


def _publish(
    transaction: Transaction, keyed: Keyed, holidays: Holidays, now: datetime
) -> HolidaysReply:
    ref, reply = refs.calendars(str(holidays.year)), HolidaysReply(year=holidays.year)
    changes = [Change(ref, transaction.get(ref), holidays)]
    transaction.write(
        recorded(keyed, now, changes, action="publish holidays", target=ref.path, reply=reply)
    )
    return reply
