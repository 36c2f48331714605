"""Cloud Tasks target: compile one unit's results from source.

Retry contract: safe to repeat, also when killed midway; 503 when contended.
"""

from pydantic import TypeAdapter

from functions.events import task
from shared.usecases.close import CompileTask
from shared.usecases.compile_unit import compile_unit as compile_results
from shared.wiring import Wiring


@task(TypeAdapter(CompileTask))
def compile_unit(wiring: Wiring, wanted: CompileTask) -> None:
    compile_results(wiring, wiring.schemes, wanted)
