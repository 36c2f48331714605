"""Cloud Tasks target: lock the period, fan out its compilation.

Retry contract: safe to repeat; 503 when it is too early or contended.
"""

from pydantic import TypeAdapter

from functions.events import task
from shared.usecases.close import CloseTask
from shared.usecases.close import close as close_period
from shared.wiring import Wiring


@task(TypeAdapter(CloseTask))
def close(wiring: Wiring, wanted: CloseTask) -> None:
    close_period(wiring, wanted)
