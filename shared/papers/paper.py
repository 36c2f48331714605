"""What stands on a paper, whichever way it is set: letterhead, blocks, signatures.

In the manner of Vietnamese administrative documents (Decree 30/2020/ND-CP).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.vietnamese import number

Align = Literal["left", "center", "right"]
COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SIGN_HERE = "(Ký, ghi rõ họ tên)"
DOTS, LINE = "…" * 40, "…" * 56
"""To be filled in by hand: beside a label, and across the page."""


@dataclass(frozen=True)
class Amount:
    """An exact number in units of the last of `places`: spreadsheets get it as a number."""

    value: int
    places: int = 2


Cell = str | int | Amount | None


def shown(cell: Cell) -> str:
    """As it is read on paper; what is not known is an empty place, never a zero."""
    match cell:
        case None:
            return ""
        case Amount():
            return number(cell.value, cell.places)
        case int():
            return number(cell)
    return cell


@dataclass(frozen=True)
class Column:
    """`width` is relative to the others of its table."""

    title: str
    width: int
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """`total`: the last row adds up the others."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: bool = False


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Facts:
    """Pairs of what it is and what it says."""

    pairs: Sequence[tuple[str, str]]


Block = Heading | Text | Facts | Table


@dataclass(frozen=True)
class Signature:
    """Who signs, and below it the name where it is known."""

    role: str
    name: str = ""


@dataclass(frozen=True)
class Paper:
    """One document. `above` is the authority over `agency`; `form` such as `Mẫu 01`."""

    name: str
    agency: str
    title: str
    subtitle: str
    blocks: Sequence[Block]
    signatures: Sequence[Signature]
    above: str = ""
    form: str = ""
    date: str = "…………, ngày …… tháng …… năm 20……"
    landscape: bool = field(default=False)
