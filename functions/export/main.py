"""GET /export?period=2026-10[&period=…]&format=csv|xlsx[&unit=…]: results as a file.

Retry contract: reads only.
"""

import functions_framework
from flask import Request, Response

from functions.http import answering, caller_of, require_method
from shared.usecases.export import ExportRequest
from shared.usecases.export import export as export_results
from shared.wiring import wiring

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@functions_framework.http
@answering
def export(request: Request) -> Response:
    caller = caller_of(request, wiring())
    require_method(request, "GET")
    query = {**request.args.to_dict(), "period": request.args.getlist("period")}
    wanted = ExportRequest.model_validate(query)
    name = f"{wanted.period[0]}.{wanted.format}"
    return Response(
        export_results(wiring(), caller, wanted),
        content_type=TYPES[wanted.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
