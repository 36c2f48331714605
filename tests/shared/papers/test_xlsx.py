"""Papers as a workbook: numbers as numbers, always in the same bytes."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.papers.paper import Block, Column, Facts, Heading, Paper, Signature, Table, Text
from shared.papers.person import decision_form, self_form
from shared.papers.xlsx import to_xlsx
from tests.builders import END
from tests.shared.papers.reading import as_numbers, sheet_values
from tests.shared.papers.samples import a_dossier, a_heads_dossier

WIDTHS = st.lists(st.integers(1, 40), min_size=1, max_size=12)


@pytest.mark.parametrize(
    "paper", [self_form(a_dossier()), decision_form(a_heads_dossier())], ids=["01", "02"]
)
def test_every_row_of_every_table_is_read_back_as_numbers(paper: Paper) -> None:
    rows = sheet_values(to_xlsx([paper], END))
    for row in as_numbers(paper):
        assert row in rows


def test_the_same_papers_give_the_same_bytes() -> None:
    papers = [self_form(a_dossier()), decision_form(a_dossier())]
    assert to_xlsx(papers, END) == to_xlsx(papers, END)


def test_a_page_is_a4_with_the_decrees_margins() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([self_form(a_dossier())], END)))
    page = book.worksheets[0]
    assert page.page_setup.paperSize == 9
    assert page.page_margins.left == pytest.approx(30 / 25.4)
    assert page["A1"].font.name == "Times New Roman"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=3), WIDTHS, WIDTHS)
def test_any_names_and_widths_make_a_sound_workbook(
    names: list[str], some: list[int], others: list[int]
) -> None:
    """Same names, names that Excel forbids, borders that fall together."""
    blocks: list[Block] = [
        Heading("=1+1"),
        _table(some),
        Text("+A1"),
        _table(others),
        Facts([("Mã", "@SUM(A1)")]),
    ]
    papers = [Paper(name, "Sở", name, "Kỳ", blocks, [Signature("Ký")]) for name in names]
    made = to_xlsx(papers, END)
    rows = sheet_values(made)
    assert ["=1+1"] in rows
    assert list(range(len(some))) in rows
    assert list(range(len(others))) in rows


def _table(widths: list[int]) -> Table:
    columns = [Column(f"c{n}", width) for n, width in enumerate(widths)]
    return Table(columns, [list(range(len(widths)))])
