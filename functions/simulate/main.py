"""POST /simulate: what would change under another scheme, for whom, and why.

Retry contract: reads only.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.simulation import Simulation
from shared.usecases.simulate import SimulateRequest
from shared.usecases.simulate import simulate as simulate_period

REQUEST: TypeAdapter[SimulateRequest] = TypeAdapter(SimulateRequest)
CONTRACT = Contract("json", REQUEST, {JSON: Simulation}, refuses=("missing",))


@endpoint(CONTRACT)
def simulate(call: Call[SimulateRequest]) -> Simulation:
    return simulate_period(call.wiring, call.wiring.schemes, call.caller, call.request)
