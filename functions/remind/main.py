"""Cloud Scheduler target: fan the reminders out by unit.

Retry contract: safe to repeat at any time; every notice is created once.
"""

from pydantic import TypeAdapter

from functions.events import task
from shared.usecases.remind import RemindTask
from shared.usecases.remind import remind as remind_everybody
from shared.wiring import Wiring


@task(TypeAdapter(RemindTask))
def remind(wiring: Wiring, wanted: RemindTask) -> None:
    del wanted
    remind_everybody(wiring)
