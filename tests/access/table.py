"""The access tables of docs/access.md, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parents[2] / "docs" / "access.md"
STATES = ("open", "closing", "review", "final")
HEAD = 3
"""Columns before those of the people."""


@dataclass(frozen=True)
class Operation:
    """Something one can ask for, in a period of one state; who is granted it, who is not."""

    place: str
    name: str
    state: str
    granted: frozenset[str]
    refused: frozenset[str]

    def __str__(self) -> str:
        return f"{self.place}: {self.name} ({self.state})"


def operations(section: str) -> list[Operation]:
    """Every operation of the table under this heading; raises ValueError on a bad cell."""
    text = TABLE.read_text("utf-8").split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    head, _, *rows = [line for line in text.splitlines() if line.startswith("|")]
    people = _cells(head)[HEAD:]
    return [one for row in rows for one in _operations(_cells(row), people)]


def _operations(cells: list[str], people: list[str]) -> Iterator[Operation]:
    place, names, states = cells[:HEAD]
    marks = dict(zip(people, cells[HEAD:], strict=True))
    if set(marks.values()) - {"+", "."}:
        raise ValueError(f"a cell of {place}: {names} is neither + nor .")
    granted = frozenset(who for who, mark in marks.items() if mark == "+")
    chosen = STATES if states == "every" else [one for one in states.split(", ") if one] or ["open"]
    for state in chosen:
        for name in names.split(", "):
            yield Operation(place, name, state, granted, frozenset(people) - granted)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
