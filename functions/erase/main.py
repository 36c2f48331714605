"""POST /erase: take the name and the words of somebody who left long ago out of what is kept.

Retry contract: safe to repeat with the same Idempotency-Key, and repeating finishes an
erasure cut short; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.erase import Erased, EraseRequest
from shared.usecases.erase import erase as erase_person

CONTRACT = Contract(
    "json",
    TypeAdapter(EraseRequest),
    {JSON: Erased},
    refuses=("missing", "conflict", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def erase(call: Call[EraseRequest]) -> Erased:
    years = call.wiring.settings.retention_years
    return erase_person(call.wiring, call.caller, call.key, call.request, years)
