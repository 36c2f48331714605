"""POST /schemes: publish a version of a scoring scheme.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.scheme import Scheme
from shared.usecases.publish import Published, publish

REQUEST: TypeAdapter[Scheme] = TypeAdapter(Scheme)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: Published},
    refuses=("conflict", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def schemes(call: Call[Scheme]) -> Published:
    return publish(call.wiring, call.caller, call.key, call.request)
