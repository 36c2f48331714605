"""On results/{period}/corrections/{correction} created: ask for what follows from it.

Retry contract: safe to repeat; each task finds for itself whether anything is to be done.
"""

from functions.events import Change, trigger
from shared.usecases.follow import ask_what_follows
from shared.wiring import Wiring


@trigger
def trace_correction(wiring: Wiring, change: Change) -> None:
    if change.fields is None:
        return
    period, correction = change.ids
    ask_what_follows(wiring, period, correction)
