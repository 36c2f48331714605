"""What a made file says, read back by other libraries than made it."""

import io
from collections.abc import Iterator

import openpyxl
from pypdf import PdfReader

from shared.papers.paper import Amount, Paper, Table, shown


def pages(pdf: bytes) -> list[str]:
    return [flat(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def flat(text: str) -> str:
    """Lines break where the page ends, which says nothing."""
    return " ".join(text.replace("\u200b", "").split())


def table_rows(paper: Paper) -> Iterator[str]:
    for block in paper.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield flat(" ".join(map(shown, row)))


def sheet_values(xlsx: bytes, sheet: int = 0) -> list[list[object]]:
    """The rows, without the empty places that merging leaves."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    rows = book.worksheets[sheet].iter_rows(values_only=True)
    return [[cell for cell in row if cell not in (None, "")] for row in rows]


def as_numbers(paper: Paper) -> Iterator[list[object]]:
    """Each table row as a spreadsheet should hold it."""
    for block in paper.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                plain = [
                    one.value / 10**one.places if isinstance(one, Amount) else one for one in row
                ]
                yield [cell for cell in plain if cell not in (None, "")]
