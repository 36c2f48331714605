"""POST /catalogue: units, positions, products, and what is measured in a period.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.base import DEFERRED
from shared.usecases.catalogue import CatalogueReply, CatalogueRequest, change_catalogue

REQUEST: TypeAdapter[CatalogueRequest] = TypeAdapter(CatalogueRequest, config=DEFERRED)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: CatalogueReply},
    refuses=("missing", "conflict", "closed", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def catalogue(call: Call[CatalogueRequest]) -> CatalogueReply:
    return change_catalogue(call.wiring, call.wiring.schemes, call.caller, call.key, call.request)
