"""On appeals/{appeal} written: record its receipt and ask who may answer it.

Retry contract: safe to repeat; a petition that has its receipt is left alone.
"""

from functions.events import Change, trigger
from shared.models.entry import ENTRY_ID
from shared.usecases.appeals import route_appeal as route
from shared.wiring import Wiring


@trigger
def route_appeal(wiring: Wiring, change: Change) -> None:
    if change.fields is None or "receipt" in change.fields:
        return
    route(wiring, ENTRY_ID.validate_python(change.ids[0]))
