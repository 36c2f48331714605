"""Statements that follow from what the system knows."""

from collections.abc import Iterable

from shared.models.scheme import Derivation, Rating, Scheme


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
