"""Rescoring keeps what it was not asked about, and pauses where it contends."""

import pytest

from shared import refs
from shared.errors import ConflictError
from shared.models.scorecard import Capacity
from shared.ports import patch, put
from shared.usecases.rescore import ATTEMPTS, rescore
from tests.builders import an_override
from tests.world import BEGIN, MONTH, World


def test_what_else_is_known_of_a_head_survives_entries_and_appraisals(world: World) -> None:
    """Through the real triggers: the first entry makes the card, which is then completed."""
    store = world.stack.wiring.store
    an = store.get(refs.officials("an"))
    assert an is not None
    deputy = an.postings[0].model_copy(update={"duty": "deputy"})
    changes = {"postings": [deputy], "party_since": BEGIN, "facts": [an_override()]}
    store.commit([put(refs.officials("an"), an.model_copy(update=changes))])
    world.appraise("binh", "an", statements={"d": "yes", "dd": "no", "e": "yes"})
    world.deliver("an", world.assigned("an"))
    card = world.card("an")
    assert card is not None
    assert card.capacity == Capacity(subject="head", party_member=True)
    assert card.assessments[MONTH].statements == {"dd": "no", "e": "yes"}
    # d follows from the subordinates, at the close: (1 + 1 + 1 + .5 + 1) / 5 × 70 = 63.00
    assert (card.points("task"), card.points("general"), card.total) == (6300, 2700, 9000)
    assert (card.rating, card.gate) == ("not_completed", "discipline")


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
