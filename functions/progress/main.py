"""POST /progress: append an entry, for systems that cannot use the store's SDK.

Retry contract: safe to repeat, the entry's id is the client's; 4xx is final.
"""

import functions_framework
from flask import Request, Response
from pydantic import TypeAdapter

from functions.http import answering, body, caller_of, reply
from shared.usecases.report import ReportRequest, report
from shared.wiring import wiring

REQUEST = TypeAdapter(ReportRequest)


@functions_framework.http
@answering
def progress(request: Request) -> Response:
    caller = caller_of(request, wiring(), systems=True)
    return reply(report(wiring(), caller, body(request, REQUEST)))
