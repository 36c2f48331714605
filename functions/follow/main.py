"""Cloud Tasks target: bring up to date what follows from a later version of a result.

Retry contract: safe to repeat; 503 while its period is compiled or somebody else writes.
"""

from pydantic import TypeAdapter

from functions.events import task
from shared.usecases.follow import FollowTask
from shared.usecases.follow import follow as follow_version
from shared.wiring import Wiring


@task(TypeAdapter(FollowTask))
def follow(wiring: Wiring, wanted: FollowTask) -> None:
    follow_version(wiring, wiring.schemes, wanted)
