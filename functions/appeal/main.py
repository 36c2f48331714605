"""POST /appeal: answer a petition, and put right what it names when it is upheld.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.appeals import Answered, AppealRequest, answer_appeal

CONTRACT = Contract(
    "json",
    TypeAdapter(AppealRequest),
    {JSON: Answered},
    refuses=("missing", "conflict", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def appeal(call: Call[AppealRequest]) -> Answered:
    return answer_appeal(call.wiring, call.wiring.schemes, call.caller, call.key, call.request)
