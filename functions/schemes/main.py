"""POST /schemes: publish a version of a scoring scheme.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

import functions_framework
from flask import Request, Response
from pydantic import TypeAdapter

from functions.http import answering, body, caller_of, idempotency_key, reply
from shared.models.scheme import Scheme
from shared.usecases.publish import publish
from shared.wiring import wiring

REQUEST: TypeAdapter[Scheme] = TypeAdapter(Scheme)


@functions_framework.http
@answering
def schemes(request: Request) -> Response:
    caller = caller_of(request, wiring())
    key = idempotency_key(request)
    return reply(publish(wiring(), caller, key, body(request, REQUEST)))
