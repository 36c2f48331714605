"""One line of the table."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """What was measured, and whether it kept its bound; without a bound it only informs."""

    measure: str
    case: str
    value: str
    bound: str = ""
    met: bool | None = None
    details: dict[str, float] = field(default_factory=dict)
