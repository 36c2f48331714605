"""What runs from `start` to `stop`, or as long as a `with` block."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Running(ABC):
    """Started and stopped by hand or by `with`."""

    @abstractmethod
    def start(self) -> None:
        """Begin; when it returns, others can use it."""

    @abstractmethod
    def stop(self) -> None:
        """End; harmless when it is not running."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
