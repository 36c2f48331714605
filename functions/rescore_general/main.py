"""On appraisals/{appraisal} written: record what it said before, bring the scorecard up to date.

Retry contract: safe to repeat in any order, it records each change once and reads
what stands now; contention raises, so the event comes again.
"""

from functions.events import Change, trigger
from shared.usecases.history import record_change
from shared.usecases.reassess import reassess_appraised
from shared.wiring import Wiring


@trigger
def rescore_general(wiring: Wiring, change: Change) -> None:
    record_change(wiring.store, change.ids[0], change.before, change.fields)
    reassess_appraised(wiring.store, wiring.schemes, change.ids[0], wiring.pause)
