"""A store whose process dies at one of its commits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.ports import Store, Write


@dataclass
class DyingStore(Store):
    """The real store until the commit for which `fatal` says so; that one dies once.

    With `after`, the commit is carried out and only its answer is lost. The
    transaction of number `fatal_transaction` dies before it begins.
    """

    store: Store
    fatal: Callable[[Sequence[Write]], bool]
    after: bool
    fatal_transaction: int = 0
    transactions: int = 0
    deaths: int = 0

    def get_all(self, refs: Sequence[Any]) -> Any:
        return self.store.get_all(refs)

    def find(self, collection: Any, **how: Any) -> Any:
        return self.store.find(collection, **how)

    def count(self, collection: Any, **how: Any) -> Any:
        return self.store.count(collection, **how)

    def transact(self, work: Any) -> Any:
        self.transactions += 1
        if self.transactions == self.fatal_transaction:
            self.deaths += 1
            raise ConnectionResetError("the process was killed")
        return self.store.transact(work)

    def commit(self, writes: Sequence[Write]) -> None:
        dies = not self.deaths and self.fatal(writes)
        self.deaths += dies
        if self.after or not dies:
            self.store.commit(writes)
        if dies:
            raise ConnectionResetError("the process was killed")
