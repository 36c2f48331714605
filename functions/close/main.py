"""Cloud Tasks target: lock the period, fan out its compilation.

Retry contract: safe to repeat; 503 when it is too early or contended.
"""

import functions_framework
from flask import Request
from pydantic import TypeAdapter

from functions.events import authenticate, task
from functions.http import body
from shared.usecases.close import CloseTask
from shared.usecases.close import close as close_period

TASK = TypeAdapter(CloseTask)


@functions_framework.http
@task
def close(request: Request) -> None:
    close_period(authenticate(request), body(request, TASK))
