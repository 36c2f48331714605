"""Read documents of which some may be unreadable: those are named, and spoil no other."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from pydantic import ValidationError

from shared.models.entry import ENTRY_ID, Entry
from shared.models.result import RefusedEntry
from shared.ports import Found, Store
from shared.refs import Ref

M = TypeVar("M")
T = TypeVar("T")
BATCH = 400
"""Documents read or written in one call."""


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def refused(path: str, error: ValidationError) -> RefusedEntry:
    reason = "; ".join(f"{fault['loc']}: {fault['msg']}" for fault in error.errors())
    return RefusedEntry(path=path, reason=reason[:1_500])


def read_each(store: Store, wanted: Sequence[Ref[M]]) -> list[M | RefusedEntry | None]:
    """Read documents together, in the order wanted."""
    return [one for batch in batches(wanted) for one in _read_batch(store, batch)]


def read_entries(
    found: Iterable[Found[Entry]],
) -> tuple[list[tuple[str, Entry]], list[RefusedEntry]]:
    """The entries that are valid facts, by their ids, and those that are not."""
    facts: list[tuple[str, Entry]] = []
    bad: list[RefusedEntry] = []
    for entry in found:
        try:
            facts.append((ENTRY_ID.validate_python(entry.ref.id), entry.value))
        except ValidationError as error:
            bad.append(refused(entry.ref.path, error))
    return facts, bad


def _read_batch(store: Store, wanted: Sequence[Ref[M]]) -> list[M | RefusedEntry | None]:
    try:
        stored = store.get_all(wanted)
    except ValidationError:
        one_by_one = _one_by_one(store, wanted)
        return list(one_by_one)
    return [None if one is None else one.value for one in stored]


def _one_by_one(store: Store, wanted: Sequence[Ref[M]]) -> Iterator[M | RefusedEntry | None]:
    for ref in wanted:
        try:
            yield store.get(ref)
        except ValidationError as error:
            yield refused(ref.path, error)
