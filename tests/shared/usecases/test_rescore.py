"""Contention: tried again after a pause, and given back to the queue in the end."""

import pytest

from shared import refs
from shared.errors import ConflictError
from shared.ports import patch
from shared.usecases.rescore import ATTEMPTS, rescore
from tests.world import World


def test_who_contends_pauses_before_each_further_attempt(world: World) -> None:
    store, schemes = world.stack.wiring.store, world.stack.wiring.schemes
    work = world.assigned("an")
    assert world.append("an", work, "s1", kind="submission", quantity=1).status_code == 200
    world.stack.drain(30)
    entry = store.get(refs.entries(work)("s1"))
    assert entry is not None
    pauses: list[int] = []

    def interrupted(attempt: int) -> None:
        pauses.append(attempt)

    read = store.get_all

    def overtaken(wanted: object) -> object:
        found = read(wanted)  # type: ignore[arg-type]  # passed on as it came
        store.commit([patch(refs.assignments(work), {("title",): f"{len(pauses)}"})])
        return found

    store.__dict__["get_all"] = overtaken
    with pytest.raises(ConflictError):
        rescore(store, schemes, work, "s2", entry, interrupted)
    assert pauses == list(range(1, ATTEMPTS))
