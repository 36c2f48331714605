"""GET /explain?period=2026-10[&official=an]: every step from the facts to the rating.

Retry contract: reads only.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.explain import Explained, ExplainRequest
from shared.usecases.explain import explain as explain_score

CONTRACT = Contract(
    "query",
    TypeAdapter(ExplainRequest),
    {JSON: Explained},
    refuses=("missing",),
)


@endpoint(CONTRACT)
def explain(call: Call[ExplainRequest]) -> Explained:
    return explain_score(call.wiring.store, call.wiring.schemes, call.caller, call.request)
