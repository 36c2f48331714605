"""The document store on Cloud Firestore."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.batch import WriteBatch
from google.cloud.firestore_v1.collection import CollectionReference
from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.query import CollectionGroup, Query
from google.cloud.firestore_v1.transaction import transactional

from shared.errors import ConflictError
from shared.ports import Found, Store, Stored, Transaction, Write
from shared.ports import Where as Condition
from shared.refs import Collection, Ref

M = TypeVar("M")
T = TypeVar("T")

LAST = "\uf8ff"
"""Sorts after every character that an id may contain."""
ATTEMPTS = 20


class FirestoreStore(Store):
    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def get_all(self, refs: Sequence[Ref[Any]]) -> list[Stored[Any] | None]:
        return self._read(refs, None)

    def find(
        self,
        collection: Collection[M],
        *,
        where: Condition | None = None,
        prefix: str | None = None,
    ) -> Iterator[Found[M]]:
        return _found(collection, self._query(collection, where, prefix).stream())

    def count(self, collection: Collection[Any], *, prefix: str = "") -> int:
        counted: Any = self._query(collection, None, prefix or None).count()
        [[total]] = counted.get()
        return int(total.value)

    def commit(self, writes: Sequence[Write]) -> None:
        batch = self._client.batch()
        for write in writes:
            self._stage(batch, write)
        with _conflicts():
            batch.commit()

    def transact(self, work: Callable[[Transaction], T]) -> T:
        transaction = self._client.transaction(max_attempts=ATTEMPTS)

        @transactional
        def attempt(transaction: firestore.Transaction) -> T:
            return work(_FirestoreTransaction(self, transaction))

        with _conflicts():
            result: T = attempt(transaction)
        return result

    def _read(
        self, refs: Sequence[Ref[Any]], transaction: firestore.Transaction | None
    ) -> list[Stored[Any] | None]:
        if not refs:
            return []
        wanted = [self._client.document(ref.path) for ref in refs]
        snapshots = {
            snapshot.reference.path: snapshot
            for snapshot in self._client.get_all(wanted, transaction=transaction)
        }
        return [
            Stored(ref.decode(_fields(snapshot)), snapshot.update_time)
            if (snapshot := snapshots[ref.path]).exists
            else None
            for ref in refs
        ]

    def _query(
        self, collection: Collection[Any], where: Condition | None, prefix: str | None
    ) -> Query:
        source: CollectionReference | CollectionGroup = (
            self._client.collection_group(collection.path)
            if collection.group
            else self._client.collection(collection.path)
        )
        query: Query = source.order_by("__name__")
        if where is not None:
            query = query.where(filter=FieldFilter(where.field, where.op, where.value))
        if prefix is None:
            return query
        first, last = (self._edge(collection, prefix + end) for end in ("", LAST))
        return query.start_at({"__name__": first}).end_before({"__name__": last})

    def _edge(self, collection: Collection[Any], name: str) -> firestore.DocumentReference:
        path = f"assignments/{name}/entries/0" if collection.group else f"{collection.path}/{name}"
        return self._client.document(path)

    def _stage(self, batch: WriteBatch | firestore.Transaction, write: Write) -> None:
        document = self._client.document(write.ref.path)
        if write.mode == "patch":
            fields = {
                FieldPath(*path).to_api_repr(): firestore.DELETE_FIELD if value is None else value
                for path, value in write.fields.items()
            }
            batch.update(document, fields, option=self._option(write))
            return
        fields = {name: value for (name,), value in write.fields.items()}
        if write.mode == "delete":
            batch.delete(document)
        elif write.mode == "create":
            batch.create(document, fields)
        else:
            batch.set(document, fields)

    def _option(self, write: Write) -> Any:  # noqa: ANN401  # the library's option types are private
        if write.version is None:
            return None
        return self._client.write_option(last_update_time=write.version)


class _FirestoreTransaction(Transaction):
    def __init__(self, store: FirestoreStore, transaction: firestore.Transaction) -> None:
        self._store = store
        self._transaction = transaction

    def get_all(self, refs: Sequence[Ref[M]]) -> list[M | None]:
        stored = self._store._read(refs, self._transaction)  # noqa: SLF001  # one class in two
        return [None if one is None else one.value for one in stored]

    def get(self, ref: Ref[M]) -> M | None:
        return self.get_all([ref])[0]

    def find(self, collection: Collection[M], *, where: Condition | None = None) -> list[Found[M]]:
        query = self._store._query(collection, where, None)  # noqa: SLF001  # one class in two
        return list(_found(collection, query.stream(transaction=self._transaction)))

    def write(self, writes: Iterable[Write]) -> None:
        for write in writes:
            self._store._stage(self._transaction, write)  # noqa: SLF001  # one class in two


def _found(
    collection: Collection[M], snapshots: Iterable[firestore.DocumentSnapshot[Any]]
) -> Iterator[Found[M]]:
    for snapshot in snapshots:
        ref = Ref(snapshot.reference.path, collection.adapter)
        yield Found(ref, _fields(snapshot))


def _fields(snapshot: firestore.DocumentSnapshot[Any]) -> dict[str, Any]:
    """The snapshot's own fields: `to_dict` copies them deeply, a tenth of the time of a close."""
    fields: dict[str, Any] | None = snapshot._data  # noqa: SLF001  # read once, then dropped
    return fields or {}


@contextmanager
def _conflicts() -> Iterator[None]:
    try:
        yield
    except (exceptions.FailedPrecondition, exceptions.Conflict, exceptions.NotFound) as error:
        raise ConflictError(str(error)) from error
