"""POST /correct: put a published result right, as a new version beside the old.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.correct import Corrected, CorrectRequest
from shared.usecases.correct import correct as correct_result

CONTRACT = Contract(
    "json",
    TypeAdapter(CorrectRequest),
    {JSON: Corrected},
    refuses=("missing", "conflict", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def correct(call: Call[CorrectRequest]) -> Corrected:
    return correct_result(call.wiring, call.wiring.schemes, call.caller, call.key, call.request)
