"""What is wrong with which document, and how many were looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.models.base import Part
from shared.scoring.digest import canonical

Tell = Callable[[str, int], None]
"""Called with what is being looked at, and how many documents were so far."""


def silent(_what: str, _number: int) -> None:
    """Nobody watches."""


class Finding(Part):
    """A document that is not what its source gives."""

    path: str
    reason: str


@dataclass
class Findings:
    """The first reason given for a document stands."""

    tell: Tell
    checked: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    erased: dict[str, str] = field(default_factory=dict)
    """Documents that recorded erasures explain, with the record's id."""
    ignored: dict[str, str] = field(default_factory=dict)
    """Documents that were allowed and that nothing rests on, with the reason."""

    def look(self, what: str) -> None:
        self.checked += 1
        self.tell(what, self.checked)

    def add(self, path: str, reason: str | None) -> None:
        if reason is not None:
            self.reasons.setdefault(path, reason)

    def any_below(self, path: str) -> bool:
        return any(name.startswith(f"{path}/") for name in self.reasons | self.erased)

    def listed(self) -> list[Finding]:
        return [Finding(path=path, reason=why) for path, why in sorted(self.reasons.items())]


def altered(truth: dict[str, Any], standing: dict[str, Any]) -> str:
    names = [
        name
        for name in sorted(truth.keys() | standing.keys())
        if spelled(truth.get(name)) != spelled(standing.get(name))
    ]
    return f"altered: {', '.join(names)}"


def spelled(value: object) -> bytes:
    try:
        return canonical(value)
    except TypeError as error:
        return str(error).encode()
