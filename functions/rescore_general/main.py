"""On appraisals/{appraisal} written: bring the scorecard up to date with what heads said.

Retry contract: safe to repeat in any order, it reads what stands now; contention
raises, so the event comes again.
"""

from functions.events import Change, trigger
from shared.usecases.reassess import reassess_appraised
from shared.wiring import Wiring


@trigger
def rescore_general(wiring: Wiring, change: Change) -> None:
    reassess_appraised(wiring.store, wiring.schemes, change.ids[0], wiring.pause)
