"""Pages of a list ordered by name."""

from base64 import b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol, TypeVar

from infra.local.tasks.refusal import invalid


class Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def page(items: Sequence[T], token: str, size: int, most: int) -> tuple[Sequence[T], str]:
    """At most `size` items (0: `most`) after the one `token` names, and the next token.

    The items are in order of their names. An empty token is the beginning, or
    the end. Refuses INVALID_ARGUMENT for a negative size or a token not ours.
    """
    if size < 0:
        raise invalid("page_size cannot be negative.")
    start = bisect_right(items, _decoded(token), key=lambda item: item.name) if token else 0
    end = start + min(size or most, most)
    rest = end < len(items)
    return items[start:end], _encoded(items[end - 1].name) if rest else ""


def _encoded(name: str) -> str:
    return urlsafe_b64encode(name.encode()).decode()


def _decoded(token: str) -> str:
    try:
        return b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise invalid("The page token is not valid.") from error
