"""Statements that follow from what the system knows."""

from collections.abc import Iterable

from shared.models.scheme import Component, Derivation, Rating, Scheme, Statement
from shared.scoring.evaluation import components


def derive(derivation: Derivation, ratings: Iterable[Rating], scheme: Scheme) -> str | None:
    """What a head's subordinates' ratings say; nothing when none of them has one.

    Who is on leave, not assessed or without data has no rating, and so is not
    held against the head.
    """
    order = [band.rating for band in scheme.ratings.bands]
    places = [order.index(rating) for rating in ratings]
    if not places:
        return None
    every = max(places) <= order.index(derivation.at_least)
    return derivation.met if every else derivation.unmet


def derive_all(root: Component, ratings: Iterable[Rating], scheme: Scheme) -> dict[str, str]:
    """The options of every statement of the tree that follows from these ratings."""
    known = list(ratings)
    derived = {
        one.id: derive(one.derived, known, scheme)
        for one in components(root)
        if isinstance(one, Statement) and one.derived is not None
    }
    return {name: option for name, option in sorted(derived.items()) if option is not None}
