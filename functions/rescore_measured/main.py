"""On measurements/{measurement} written: bring the scorecard up to date with it.

Retry contract: safe to repeat in any order, it reads what stands now; contention
raises, so the event comes again.
"""

from functions.events import Change, trigger
from shared.usecases.reassess import reassess_measured
from shared.wiring import Wiring


@trigger
def rescore_measured(wiring: Wiring, change: Change) -> None:
    reassess_measured(wiring.store, wiring.schemes, change.ids[0], wiring.pause)
