"""On officials/{uid} written: bring the live scorecards up to date with the record.

Retry contract: safe to repeat in any order, it reads what stands now; contention
raises, so the event comes again.
"""

from functions.events import Change, trigger
from shared.usecases.reassess import reassess_record
from shared.wiring import Wiring


@trigger
def rescore_record(wiring: Wiring, change: Change) -> None:
    reassess_record(wiring.store, wiring.schemes, change.ids[0], wiring.pause)
