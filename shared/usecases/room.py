"""How much more a person may be given in a period, and how much may be said of it."""

from collections.abc import Iterable

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.assignment import HELD_FACTS, MOST_FACTS, Folded
from shared.models.scorecard import Scorecard
from shared.ports import Store
from shared.usecases.reading import read_each

MOST = 1_000
"""Assignments of one person in one period: their scorecard, which lists each, takes some
300 kB then, of the 1 MiB that the store lets a document have."""


def rooms(store: Store, period: str, uids: Iterable[str]) -> dict[str, int]:
    """Of each person, as their live scorecard knows; what is under way may exceed it a little."""
    names = sorted(uids)
    cards = read_each(store, [refs.scorecard(period, uid) for uid in names])
    return {
        uid: MOST - (len(card.contributions) if isinstance(card, Scorecard) else 0)
        for uid, card in zip(names, cards, strict=True)
    }


def require_room_for_entry(folded: Folded) -> None:
    """As the rules of the store ask of clients; raises RefusedError."""
    if folded.reported >= MOST_FACTS:
        raise _full(MOST_FACTS)


def require_held(folded: Folded) -> Folded:
    """A state that a document can hold; raises RefusedError."""
    if folded.facts > HELD_FACTS:
        raise _full(HELD_FACTS)
    return folded


def _full(most: int) -> RefusedError:
    return refuse(
        "too-large",
        "assignment",
        f"has {most} entries that count already: assign the rest anew",
        f"đã có {most} mục được tính; hãy giao phần còn lại thành việc mới",
    )
