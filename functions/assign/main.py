"""POST /assign: everything about work that is a decision: given, changed, carried over, exempted.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.base import DEFERRED
from shared.usecases.amend import Amendment, amend
from shared.usecases.assign import Assignments, AssignRequest
from shared.usecases.assign import assign as assign_work
from shared.usecases.carry_over import CarryOver, carry_over
from shared.usecases.exempt import DecideExemption, decide_exemption
from shared.usecases.propose import AcceptProposal, Answering, DeclineProposal, answer_proposal

Request = AssignRequest | Amendment | CarryOver | Answering | DecideExemption
REQUEST: TypeAdapter[Request] = TypeAdapter(
    Annotated[Request, Field(discriminator="action")], config=DEFERRED
)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: Assignments},
    refuses=("missing", "conflict", "closed", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def assign(call: Call[Request]) -> Assignments:
    wiring, caller, key = call.wiring, call.caller, call.key
    match call.request:
        case AssignRequest() as wanted:
            return assign_work(wiring, wiring.schemes, caller, key, wanted)
        case DecideExemption() as wanted:
            return decide_exemption(wiring, wiring.schemes, caller, key, wanted)
        case CarryOver() as wanted:
            return carry_over(wiring, wiring.schemes, caller, key, wanted)
        case AcceptProposal() | DeclineProposal() as wanted:
            return answer_proposal(wiring, wiring.schemes, caller, key, wanted)
        case wanted:
            return amend(wiring, caller, key, wanted)
