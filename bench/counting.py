"""Counts what the store bills, on the client's real gRPC channel.

Document reads are the documents in the responses of BatchGetDocuments and
RunQuery, those that are missing included, and one for a query that finds none:
that is the minimum charge. A count (RunAggregationQuery) is charged one for each
thousand counted, begun ones too. Writes are those of commits that succeeded. A call
that is not known to cost nothing is an error: nothing goes uncounted.
"""

# ruff: noqa: ANN401  # what grpc hands to an interceptor has no types

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

import grpc
from google.cloud import firestore

FREE = frozenset({"BeginTransaction", "Rollback"})
READING = frozenset({"BatchGetDocuments", "RunQuery", "RunAggregationQuery"})
WRITING = frozenset({"Commit", "BatchWrite"})
COUNTED_AT_ONCE = 1000


@dataclass(frozen=True)
class Operations:
    """Billed operations."""

    reads: int
    writes: int


class OperationCounter(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[type-arg]  # generic only for mypy
    grpc.UnaryStreamClientInterceptor,  # type: ignore[type-arg]
):
    """Counts what passes through the channels that it intercepts, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    @property
    def so_far(self) -> Operations:
        with self._lock:
            return Operations(self._counts["reads"], self._counts["writes"])

    def during(self, work: Callable[[], object]) -> Operations:
        """Do `work` and return what it cost; nothing else may use the channel meanwhile."""
        before = self.so_far
        work()
        after = self.so_far
        return Operations(after.reads - before.reads, after.writes - before.writes)

    def add(self, what: str, number: int) -> None:
        with self._lock:
            self._counts[what] += number

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        method = _method(client_call_details)
        if method not in FREE | WRITING:
            raise NotImplementedError(f"{method} is not counted")
        call = continuation(client_call_details, request)
        if method in WRITING and call.exception() is None:
            self.add("writes", len(request.writes))
        return call

    def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        method = _method(client_call_details)
        if method not in READING:
            raise NotImplementedError(f"{method} is not counted")
        return _CountedStream(continuation(client_call_details, request), method, self)


class CountedClient(firestore.Client):
    """The library's own client; only its channel to the emulator is intercepted."""

    def __init__(self, project: str, counter: OperationCounter) -> None:
        super().__init__(project=project)
        self._counter = counter

    def _emulator_channel(self, transport: Any) -> grpc.Channel:
        channel = super()._emulator_channel(transport)  # type: ignore[no-untyped-call]
        return grpc.intercept_channel(channel, self._counter)


class _CountedStream(Iterator[Any]):
    """A call's stream of responses, which is passed on as it is."""

    def __init__(self, call: Any, method: str, counter: OperationCounter) -> None:
        self._call = call
        self._method = method
        self._counter = counter
        self._seen = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            response = next(self._call)
        except StopIteration:
            if self._method == "RunQuery" and not self._seen:
                self._counter.add("reads", 1)
            raise
        documents = _documents(self._method, response)
        self._seen += documents
        self._counter.add("reads", documents)
        return response

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


def _documents(method: str, response: Any) -> int:
    """What a response costs: one document, a count, or nothing when it tells of progress."""
    if method == "RunQuery":
        return int("document" in response)
    if method == "RunAggregationQuery":
        [count] = response.result.aggregate_fields.values()
        return max(1, ceil(int(count.integer_value) / COUNTED_AT_ONCE))
    return int("found" in response or "missing" in response)


def _method(details: Any) -> str:
    return str(details.method).rpartition("/")[2]
