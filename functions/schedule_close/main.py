"""On periods/{period} written: have an open period closed at its time by Cloud Tasks.

Retry contract: safe to repeat; a schedule that became obsolete finds nothing to do.
"""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from functions.events import acknowledging, authenticate, change_of
from shared.models.period import Period
from shared.usecases.close import schedule_close as schedule


@functions_framework.cloud_event
@acknowledging
def schedule_close(event: CloudEvent) -> None:
    wiring = authenticate(request)
    fields = change_of(event).fields
    if fields is not None:
        schedule(wiring.queue, Period.model_validate(fields))
