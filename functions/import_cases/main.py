"""POST /import_cases: a case log (`cases`) and its TOML profile (`profile`), multipart.

`month` limits it to the cases due then. The answer streams one JSON object a
line, `{"done": n}` after each chunk and `{"report": …}` at the end.
Retry contract: safe to repeat, and repeating finishes an import cut short.
"""

from collections.abc import Iterator

from flask import Response, stream_with_context
from pydantic import TypeAdapter

from functions.http import Call, Contract, endpoint
from functions.problem import Problem, problem
from shared.models.base import Part, PeriodId
from shared.usecases.case_log import read_profile
from shared.usecases.import_cases import ImportReport
from shared.usecases.import_cases import import_cases as import_log

LINES = "application/x-ndjson"


class Form(Part):
    cases: bytes
    profile: bytes
    month: PeriodId | None = None


class Done(Part):
    """How many cases have been dealt with so far."""

    done: int


class Finished(Part):
    report: ImportReport


CONTRACT = Contract(
    "form", TypeAdapter(Form), {LINES: list[Done | Finished | Problem]}, systems=True
)


@endpoint(CONTRACT)
def import_cases(call: Call[Form]) -> Response:
    form = call.request
    profile = read_profile(form.profile)
    steps = import_log(call.wiring, call.caller, form.cases, profile, form.month)
    return Response(stream_with_context(_lines(steps)), mimetype=LINES)


def _lines(steps: Iterator[int | ImportReport]) -> Iterator[str]:
    """Progress, then the report; a fault midway is the last line instead."""
    try:
        for step in steps:
            line = Done(done=step) if isinstance(step, int) else Finished(report=step)
            yield line.model_dump_json() + "\n"
    except Exception as error:  # noqa: BLE001  # the status is sent: the fault can only be said here
        yield problem(error).get_data(as_text=True) + "\n"
