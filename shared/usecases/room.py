"""How much more work a person may be given in a period."""

from collections.abc import Iterable

from shared import refs
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
