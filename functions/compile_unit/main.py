"""Cloud Tasks target: compile one unit's results from source.

Retry contract: safe to repeat, also when killed midway; 503 when contended.
"""

import functions_framework
from flask import Request
from pydantic import TypeAdapter

from functions.events import authenticate, task
from functions.http import body
from shared.usecases.close import CompileTask
from shared.usecases.compile_unit import compile_unit as compile_results

TASK = TypeAdapter(CompileTask)


@functions_framework.http
@task
def compile_unit(request: Request) -> None:
    wiring = authenticate(request)
    compile_results(wiring, wiring.schemes, body(request, TASK))
