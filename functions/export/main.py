"""GET /export?period=2026-10[&period=…]&format=csv|xlsx[&unit=…]: results as a file.

Retry contract: reads only.
"""

from flask import Response
from pydantic import TypeAdapter

from functions.http import Call, Contract, endpoint
from shared.usecases.export import ExportRequest
from shared.usecases.export import export as export_results

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CONTRACT = Contract(
    "query",
    TypeAdapter(ExportRequest),
    dict.fromkeys(TYPES.values(), bytes),
    refuses=("missing",),
    lists=("period",),
)


@endpoint(CONTRACT)
def export(call: Call[ExportRequest]) -> Response:
    wanted = call.request
    name = f"{wanted.period[0]}.{wanted.format}"
    return Response(
        export_results(call.wiring, call.caller, wanted),
        content_type=TYPES[wanted.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
