"""On periods/{period} written: have an open period closed at its time by Cloud Tasks.

Retry contract: safe to repeat; a schedule that became obsolete finds nothing to do.
"""

from functions.events import Change, trigger
from shared.models.period import Period
from shared.usecases.close import schedule_close as schedule
from shared.wiring import Wiring


@trigger
def schedule_close(wiring: Wiring, change: Change) -> None:
    if change.fields is not None:
        schedule(wiring.queue, Period.model_validate(change.fields))
