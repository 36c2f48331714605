"""POST /progress: append an entry, for systems that cannot use the store's SDK.

Retry contract: safe to repeat, the entry's id is the client's; 4xx is final.
"""

from pydantic import TypeAdapter

from functions.http import JSON, Call, Contract, endpoint
from shared.usecases.report import Reported, ReportRequest, report

CONTRACT = Contract(
    "json",
    TypeAdapter(ReportRequest),
    {JSON: Reported},
    refuses=("missing", "conflict", "closed"),
    systems=True,
)


@endpoint(CONTRACT)
def progress(call: Call[ReportRequest]) -> Reported:
    return report(call.wiring, call.caller, call.request)
