"""GET /personal_data[?official=…]: everything that is kept about the caller, as one JSON.

Retry contract: safe to repeat; what an administrator looks up for somebody is recorded.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.personal_data import PersonalData, PersonalDataRequest
from shared.usecases.personal_data import personal_data as gather

CONTRACT = Contract(
    "query", TypeAdapter(PersonalDataRequest), {JSON: PersonalData}, refuses=("missing",)
)


@endpoint(CONTRACT)
def personal_data(call: Call[PersonalDataRequest]) -> PersonalData:
    return gather(call.wiring, call.caller, call.request)
