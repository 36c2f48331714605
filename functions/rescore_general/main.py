"""On appraisals/{appraisal} written: bring the scorecard's general criteria up to date.

Retry contract: safe to repeat in any order, it reads the appraisal as it is now.
"""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from functions.events import acknowledging, authenticate, change_of
from shared.usecases.rescore import rescore_general as rescore_appraisal


@functions_framework.cloud_event
@acknowledging
def rescore_general(event: CloudEvent) -> None:
    wiring = authenticate(request)
    rescore_appraisal(wiring.store, wiring.schemes, change_of(event).ids[0], wiring.pause)
