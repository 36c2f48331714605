"""POST /assign: assign, move a deadline, reassign, cancel.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from typing import Annotated

import functions_framework
from flask import Request, Response
from pydantic import Field, TypeAdapter

from functions.http import answering, body, caller_of, idempotency_key, reply
from shared.usecases.amend import Amendment, amend
from shared.usecases.assign import AssignRequest
from shared.usecases.assign import assign as assign_work
from shared.wiring import wiring

REQUEST: TypeAdapter[AssignRequest | Amendment] = TypeAdapter(
    Annotated[AssignRequest | Amendment, Field(discriminator="action")]
)


@functions_framework.http
@answering
def assign(request: Request) -> Response:
    caller = caller_of(request, wiring())
    key = idempotency_key(request)
    wanted = body(request, REQUEST)
    if isinstance(wanted, AssignRequest):
        return reply(assign_work(wiring(), caller, key, wanted))
    return reply(amend(wiring(), caller, key, wanted))
