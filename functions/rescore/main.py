"""On assignments/{assignment}/entries/{entry} written: fold it in, update the scorecard.

Retry contract: safe to repeat in any order; contention raises, so the event comes
again; an entry that is no valid fact is logged and acknowledged, and named at close.
"""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from functions.events import acknowledging, authenticate, change_of
from shared.models.entry import ENTRY, ENTRY_ID
from shared.usecases.rescore import rescore as rescore_entry


@functions_framework.cloud_event
@acknowledging
def rescore(event: CloudEvent) -> None:
    wiring = authenticate(request)
    change = change_of(event)
    if change.fields is None:
        return
    assignment, entry_id = change.ids
    ENTRY_ID.validate_python(entry_id)
    entry = ENTRY.validate_python(change.fields)
    rescore_entry(wiring.store, wiring.schemes, assignment, entry_id, entry, wiring.pause)
