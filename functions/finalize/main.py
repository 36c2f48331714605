"""Cloud Tasks target: total the period once every unit is compiled.

Retry contract: safe to repeat; 503 when it is too early or contended.
"""

from pydantic import TypeAdapter

from functions.events import task
from shared.usecases.close import CloseTask
from shared.usecases.close import finalize as finalize_period
from shared.wiring import Wiring


@task(TypeAdapter(CloseTask))
def finalize(wiring: Wiring, wanted: CloseTask) -> None:
    finalize_period(wiring, wanted)
