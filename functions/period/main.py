"""POST /period: open a period, move its close, confirm its results, publish holidays.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.base import DEFERRED
from shared.usecases.holidays import HolidaysReply, PublishHolidays, publish_holidays
from shared.usecases.period import PeriodReply, PeriodRequest, change_period

Request = Annotated[PeriodRequest | PublishHolidays, Field(discriminator="action")]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request, config=DEFERRED)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: PeriodReply | HolidaysReply},
    refuses=("missing", "conflict", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def period(call: Call[Request]) -> PeriodReply | HolidaysReply:
    if isinstance(call.request, PublishHolidays):
        return publish_holidays(call.wiring, call.caller, call.key, call.request)
    return change_period(call.wiring, call.caller, call.key, call.request)
