"""On appraisals/{appraisal} written: bring the scorecard's general criteria up to date.

Retry contract: safe to repeat in any order, it reads the appraisal as it is now.
"""

from functions.events import Change, trigger
from shared.usecases.rescore import rescore_general as rescore_appraisal
from shared.wiring import Wiring


@trigger
def rescore_general(wiring: Wiring, change: Change) -> None:
    rescore_appraisal(wiring.store, wiring.schemes, change.ids[0], wiring.pause)
