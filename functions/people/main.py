"""POST /people: keep people's records, and enter facts about them.

Retry contract: safe to repeat with the same Idempotency-Key; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.base import DEFERRED
from shared.usecases.people import PeopleReply, PeopleRequest, change_people

REQUEST: TypeAdapter[PeopleRequest] = TypeAdapter(PeopleRequest, config=DEFERRED)
CONTRACT = Contract(
    "json",
    REQUEST,
    {JSON: PeopleReply},
    refuses=("missing", "conflict", "closed", "key-reused"),
    keyed=True,
)


@endpoint(CONTRACT)
def people(call: Call[PeopleRequest]) -> PeopleReply:
    return change_people(call.wiring, call.caller, call.key, call.request)
