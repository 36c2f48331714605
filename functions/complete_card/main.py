"""On scorecards/{scorecard} created: add what is known besides the entry that made it.

Retry contract: safe to repeat in any order, it reads what stands now; contention
raises, so the event comes again.
"""

from functions.events import Change, trigger
from shared.usecases.reassess import reassess_card
from shared.wiring import Wiring


@trigger
def complete_card(wiring: Wiring, change: Change) -> None:
    reassess_card(wiring.store, wiring.schemes, change.ids[0], wiring.pause)
