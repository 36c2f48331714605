"""A store in memory, for what must hold for all inputs: the emulator is too slow to ask so often.

It keeps documents as the real one gives them back, and insists on versions alike.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from shared.errors import ConflictError
from shared.ports import Clock, Found, Queue, Store, Stored, Transaction, Where, Write
from shared.refs import Collection, Ref
from tests.builders import through_store

M = TypeVar("M")
T = TypeVar("T")


class MemoryStore(Store):
    def __init__(self) -> None:
        self.documents: dict[str, tuple[dict[str, Any], int]] = {}
        self.written: list[str] = []
        """The path of every document written, in order: what triggers see."""
        self.created: list[str] = []
        """The path of every document that was new."""
        self._versions = count(1)

    def get_all(self, refs: Sequence[Ref[Any]]) -> list[Stored[Any] | None]:
        found = [(ref, self.documents.get(ref.path)) for ref in refs]
        return [None if one is None else Stored(ref.decode(one[0]), one[1]) for ref, one in found]

    def find(
        self, collection: Collection[M], *, where: Where | None = None, prefix: str | None = None
    ) -> Iterator[Found[M]]:
        for path in sorted(self.documents, key=str.encode):
            parent, _, name = path.rpartition("/")
            inside = parent.rpartition("/")[2] if collection.group else parent
            top = path.split("/")[1] if collection.group else name
            fields = self.documents[path][0]
            if inside == collection.path and top.startswith(prefix or "") and _holds(where, fields):
                yield Found(Ref(path, collection.adapter), fields)

    def count(self, collection: Collection[Any], *, prefix: str = "") -> int:
        return sum(1 for _ in self.find(collection, prefix=prefix))

    def commit(self, writes: Sequence[Write]) -> None:
        for write in writes:
            standing = self.documents.get(write.ref.path)
            gone = write.mode == "patch" and standing is None
            overtaken = write.version is not None and (standing or ({}, 0))[1] != write.version
            if gone or overtaken or (write.mode == "create" and standing is not None):
                raise ConflictError(write.ref.path)
        for write in writes:
            self._write(write)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        transaction = _MemoryTransaction(self)
        result = work(transaction)
        self.commit(transaction.writes)
        return result

    def _write(self, write: Write) -> None:
        if write.mode == "delete":
            self.documents.pop(write.ref.path, None)
            return
        standing = self.documents.get(write.ref.path)
        fields = dict(standing[0]) if standing is not None and write.mode == "patch" else {}
        for path, value in write.fields.items():
            _put(fields, path, value)
        self.documents[write.ref.path] = (through_store(fields), next(self._versions))
        self.written.append(write.ref.path)
        if standing is None:
            self.created.append(write.ref.path)


@dataclass(frozen=True)
class Desk:
    """What a use case of one moment needs; nothing is left for later."""

    store: MemoryStore
    moment: datetime

    @property
    def queue(self) -> Queue:
        raise NotImplementedError

    @property
    def clock(self) -> Clock:
        return self

    def now(self) -> datetime:
        return self.moment


class _MemoryTransaction(Transaction):
    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.writes: list[Write] = []

    def get_all(self, refs: Sequence[Ref[M]]) -> list[M | None]:
        return [None if one is None else one.value for one in self._store.get_all(refs)]

    def get(self, ref: Ref[M]) -> M | None:
        return self.get_all([ref])[0]

    def find(self, collection: Collection[M], *, where: Where | None = None) -> list[Found[M]]:
        return list(self._store.find(collection, where=where))

    def write(self, writes: Any) -> None:
        self.writes += writes


def _put(fields: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Set or remove one field, without touching what others may hold of the same maps."""
    name, *below = path
    if below:
        fields[name] = dict(fields.get(name, {}))
        _put(fields[name], tuple(below), value)
    elif value is None:
        fields.pop(name, None)
    else:
        fields[name] = value


def _holds(where: Where | None, fields: dict[str, Any]) -> bool:
    if where is None:
        return True
    value = fields.get(where.field)
    return where.value in (value or []) if where.op == "array_contains" else value == where.value
