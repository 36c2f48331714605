"""On assignments/{assignment}/entries/{entry} written: fold it in, update the scorecard.

Retry contract: safe to repeat in any order; contention raises, so the event comes
again; an entry that is no valid fact is logged and acknowledged, and named at close.
"""

from functions.events import Change, trigger
from shared.models.entry import ENTRY, ENTRY_ID
from shared.usecases.rescore import rescore as rescore_entry
from shared.wiring import Wiring


@trigger
def rescore(wiring: Wiring, change: Change) -> None:
    if change.fields is None:
        return
    assignment, entry_id = change.ids
    ENTRY_ID.validate_python(entry_id)
    entry = ENTRY.validate_python(change.fields)
    rescore_entry(wiring.store, wiring.schemes, assignment, entry_id, entry, wiring.pause)
