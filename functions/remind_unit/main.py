"""Cloud Tasks target: remind everybody whom one unit's work concerns.

Retry contract: safe to repeat, also when killed midway; 503 when contended. Nothing is
told twice.
"""

from pydantic import TypeAdapter

from functions.events import task
from shared.usecases.remind import RemindUnit
from shared.usecases.remind import remind_unit as remind_people
from shared.wiring import Wiring


@task(TypeAdapter(RemindUnit))
def remind_unit(wiring: Wiring, wanted: RemindUnit) -> None:
    remind_people(wiring, wiring.push, wiring.settings, wanted)
