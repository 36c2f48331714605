"""GET /quota?period=2026-10[&agency=…][&outstanding=…]: what the quota and the guideline say.

Retry contract: reads only.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.models.quota import QuotaReport
from shared.usecases.quota import QuotaRequest, report_quota

CONTRACT = Contract(
    "query",
    TypeAdapter(QuotaRequest),
    {JSON: QuotaReport},
    refuses=("missing", "conflict"),
    lists=("agency", "outstanding"),
)


@endpoint(CONTRACT)
def quota(call: Call[QuotaRequest]) -> QuotaReport:
    return report_quota(call.wiring.store, call.wiring.schemes, call.caller, call.request)
