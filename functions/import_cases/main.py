"""POST /import_cases: a case log (`cases`) and its TOML profile (`profile`), multipart.

`month` limits it to the cases due then. The answer streams one JSON object a
line, `{"done": n}` after each chunk and `{"report": …}` at the end.
Retry contract: safe to repeat, and repeating finishes an import cut short.
"""

import json
from collections.abc import Iterator

import functions_framework
from flask import Request, Response, stream_with_context

from functions.http import answering, caller_of, problem, require_method, uploaded
from shared.models.base import Part, PeriodId
from shared.usecases.case_log import read_profile
from shared.usecases.import_cases import ImportReport
from shared.usecases.import_cases import import_cases as import_log
from shared.wiring import wiring


class Form(Part):
    month: PeriodId | None = None


@functions_framework.http
@answering
def import_cases(request: Request) -> Response:
    caller = caller_of(request, wiring(), systems=True)
    require_method(request, "POST")
    profile = read_profile(uploaded(request, wiring(), "profile").decode("utf-8", "replace"))
    month = Form.model_validate(request.form.to_dict()).month
    steps = import_log(wiring(), caller, uploaded(request, wiring(), "cases"), profile, month)
    return Response(stream_with_context(_lines(steps)), mimetype="application/x-ndjson")


def _lines(steps: Iterator[int | ImportReport]) -> Iterator[str]:
    """Progress, then the report; a fault midway is the last line instead."""
    try:
        for step in steps:
            line = {"done": step} if isinstance(step, int) else {"report": step.model_dump()}
            yield json.dumps(line, ensure_ascii=False) + "\n"
    except Exception as error:  # noqa: BLE001  # the status is sent: the fault can only be said here
        yield problem(error).get_data(as_text=True) + "\n"
