"""On officials/{uid} written: mirror the person's roles into the claims of their account.

Retry contract: safe to repeat in any order, it reads the record as it is now.
"""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from functions.events import acknowledging, authenticate, change_of
from shared.usecases.mirror import mirror


@functions_framework.cloud_event
@acknowledging
def mirror_claims(event: CloudEvent) -> None:
    wiring = authenticate(request)
    mirror(wiring.store, wiring.accounts, change_of(event).ids[0])
