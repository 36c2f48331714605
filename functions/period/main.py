"""POST /period: open a period, reschedule its close, confirm its results.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.period import PeriodReply, PeriodRequest, change_period

REQUEST: TypeAdapter[PeriodRequest] = TypeAdapter(PeriodRequest)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: PeriodReply},
    refuses=("missing", "conflict", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def period(call: Call[PeriodRequest]) -> PeriodReply:
    return change_period(call.wiring, call.caller, call.key, call.request)
