"""POST /assign: assign, move a deadline, reassign, cancel.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.amend import Amendment, amend
from shared.usecases.assign import Assignments, AssignRequest
from shared.usecases.assign import assign as assign_work

REQUEST: TypeAdapter[AssignRequest | Amendment] = TypeAdapter(
    Annotated[AssignRequest | Amendment, Field(discriminator="action")]
)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: Assignments},
    refuses=("missing", "conflict", "closed", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def assign(call: Call[AssignRequest | Amendment]) -> Assignments:
    if isinstance(call.request, AssignRequest):
        return assign_work(call.wiring, call.caller, call.key, call.request)
    return amend(call.wiring, call.caller, call.key, call.request)
