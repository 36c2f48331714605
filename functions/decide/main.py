"""POST /decide: the competent authority decides ratings, several in one call.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.decide import Decided, DecideRequest
from shared.usecases.decide import decide as decide_ratings

CONTRACT = Contract(
    "json",
    TypeAdapter(DecideRequest),
    {JSON: Decided},
    refuses=("missing", "conflict", "closed", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def decide(call: Call[DecideRequest]) -> Decided:
    return decide_ratings(call.wiring, call.wiring.schemes, call.caller, call.key, call.request)
