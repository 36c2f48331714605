"""GET /forms?period=2026-10&form=self|decision|unit|province|minutes[&official=…|&unit=…]&format=….

Retry contract: reads only.
"""

from flask import Response
from pydantic import TypeAdapter

from functions.http import Call, Contract, endpoint
from shared.usecases.forms import FormsRequest
from shared.usecases.forms import forms as make_forms

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CONTRACT = Contract(
    "query",
    TypeAdapter(FormsRequest),
    dict.fromkeys(TYPES.values(), bytes),
    refuses=("missing", "conflict"),
)


@endpoint(CONTRACT)
def forms(call: Call[FormsRequest]) -> Response:
    wanted = call.request
    named = [wanted.period, wanted.form, *filter(None, [wanted.official or wanted.unit])]
    name = f"{'-'.join(named)}.{wanted.format}"
    return Response(
        make_forms(call.wiring, call.wiring.schemes, call.caller, wanted),
        content_type=TYPES[wanted.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
