"""What the use cases ask of the world outside; adapters implement it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

from shared.models.base import Document
from shared.refs import Collection, Ref

M = TypeVar("M")
T = TypeVar("T")
Pause = Callable[[int], None]
"""Wait a little after the attempt of this number, so that those who contend come apart."""
Fields = dict[tuple[str, ...], Any]
"""Values by the path of their field."""


@dataclass(frozen=True)
class Stored(Generic[M]):
    """A document as read, with the version that a later write may insist on."""

    value: M
    version: object


@dataclass(frozen=True)
class Found(Generic[M]):
    """A document found by a query, still undecoded: one bad document spoils no query."""

    ref: Ref[M]
    fields: dict[str, Any]

    @property
    def value(self) -> M:
        return self.ref.decode(self.fields)


@dataclass(frozen=True)
class Where:
    """A query's one condition."""

    field: str
    op: Literal["==", "array_contains"]
    value: str


@dataclass(frozen=True)
class Write:
    """One write of an atomic commit.

    `create` insists that the document is absent; `patch` sets only the fields
    given, by their path, and removes those given as None; with `version` the
    document must be as it was read.
    """

    ref: Ref[Any]
    mode: Literal["create", "set", "patch", "delete"]
    fields: Fields
    version: object = None


def create(ref: Ref[Any], document: Document) -> Write:
    return Write(ref, "create", _top(document.fields()))


def put(ref: Ref[Any], document: Document) -> Write:
    return Write(ref, "set", _top(document.fields()))


def patch(ref: Ref[Any], fields: Fields, version: object = None) -> Write:
    return Write(ref, "patch", fields, version)


def delete(ref: Ref[Any]) -> Write:
    return Write(ref, "delete", {})


def _top(fields: Mapping[str, Any]) -> Fields:
    return {(name,): value for name, value in fields.items()}


class Transaction(Protocol):
    """Reads first, then writes; all or nothing, on what nobody else changes meanwhile."""

    def get_all(self, refs: Sequence[Ref[M]]) -> list[M | None]: ...

    def get(self, ref: Ref[M]) -> M | None: ...

    def find(self, collection: Collection[M], *, where: Where | None = None) -> list[Found[M]]: ...

    def write(self, writes: Iterable[Write]) -> None: ...


class Store(ABC):
    """The document store."""

    @abstractmethod
    def get_all(self, refs: Sequence[Ref[Any]]) -> list[Stored[Any] | None]:
        """Read documents in one round trip, in the order of `refs`."""

    def get(self, ref: Ref[M]) -> M | None:
        stored = self.get_all([ref])[0]
        return None if stored is None else stored.value

    @abstractmethod
    def find(
        self, collection: Collection[M], *, where: Where | None = None, prefix: str | None = None
    ) -> Iterator[Found[M]]:
        """Stream documents in the order of their names.

        `prefix` keeps those whose top-level document id starts with it; in a
        collection group that is the id below `assignments`.
        """

    @abstractmethod
    def count(self, collection: Collection[Any], *, prefix: str = "") -> int:
        """How many documents there are whose id starts with `prefix`; not read one by one."""

    @abstractmethod
    def commit(self, writes: Sequence[Write]) -> None:
        """Write all or nothing, optimistically; raises ConflictError when a precondition fails.

        For documents that many events touch at once: nobody waits for a lock.
        """

    @abstractmethod
    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a transaction, again on contention.

        For work that depends on a document which it does not write, such as
        the period being open.
        """


class Queue(ABC):
    """Calls of functions, later."""

    @abstractmethod
    def enqueue(
        self, function: str, payload: Mapping[str, Any], *, name: str, at: datetime | None = None
    ) -> None:
        """Call `function` with `payload` at `at`, or earlier when `at` is too far ahead.

        A name used within about an hour is dropped silently: names spare work,
        they guard nothing.
        """


class Clock(Protocol):
    def now(self) -> datetime: ...


class Identity(ABC):
    """Who is calling."""

    @abstractmethod
    def person(self, token: str) -> str:
        """The uid of a valid ID token; raises RefusedError."""

    @abstractmethod
    def service(self, token: str) -> str:
        """The e-mail of the service account of a valid OIDC token; raises RefusedError."""

    @abstractmethod
    def app(self, token: str) -> None:
        """Check that App Check attests the calling app; raises RefusedError."""


class Accounts(ABC):
    """The accounts that people sign in with."""

    @abstractmethod
    def grant(self, uid: str, roles: Sequence[str]) -> None:
        """Put these roles, and no others, into the claims of every token issued from now on.

        Makes the account when it is missing. Without any role it is disabled; a
        role lost ends its sessions, so that no token is refreshed with it.
        """


@dataclass(frozen=True)
class Message:
    """What a device is to show."""

    installation: str
    title: str
    body: str


class Push(ABC):
    """Messages on people's devices, at most once each: a lost one is not sent again."""

    @abstractmethod
    def send(self, messages: Sequence[Message]) -> set[str]:
        """Send them, and name the installations that are there no more."""


class Services(Protocol):
    """What a use case may need."""

    @property
    def store(self) -> Store: ...

    @property
    def queue(self) -> Queue: ...

    @property
    def clock(self) -> Clock: ...
