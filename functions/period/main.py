"""POST /period: open a period, reschedule its close, confirm its results.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

import functions_framework
from flask import Request, Response
from pydantic import TypeAdapter

from functions.http import answering, body, caller_of, idempotency_key, reply
from shared.usecases.period import PeriodRequest, change_period
from shared.wiring import wiring

REQUEST: TypeAdapter[PeriodRequest] = TypeAdapter(PeriodRequest)


@functions_framework.http
@answering
def period(request: Request) -> Response:
    caller = caller_of(request, wiring())
    key = idempotency_key(request)
    return reply(change_period(wiring(), caller, key, body(request, REQUEST)))
