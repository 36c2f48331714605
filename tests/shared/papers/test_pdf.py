"""Papers as PDF: what stands on the paper stands in the file, always in the same bytes."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.papers.paper import Cell, Column, Paper, Signature, Table, Text
from shared.papers.pdf import to_pdf
from shared.papers.person import decision_form, self_form
from tests.builders import END
from tests.shared.papers.reading import flat, pages, table_rows
from tests.shared.papers.samples import a_dossier, a_heads_dossier

ROOT = Path(__file__).parents[3]
AGAIN = """
import hashlib
from shared.papers.pdf import to_pdf
from shared.papers.person import self_form
from tests.builders import END
from tests.shared.papers.samples import a_dossier
print(hashlib.sha256(to_pdf([self_form(a_dossier())], END)).hexdigest())
"""


def a_paper(*blocks: Text | Table, name: str = "Tờ trình") -> Paper:
    return Paper(name, "Sở", name, "Kỳ", blocks, [Signature("Người ký")])


@pytest.mark.parametrize(
    "paper", [self_form(a_dossier()), decision_form(a_heads_dossier())], ids=["01", "02"]
)
def test_every_row_of_every_table_is_read_back(paper: Paper) -> None:
    text = " ".join(pages(to_pdf([paper], END)))
    for row in table_rows(paper):
        assert row in text


def test_the_same_paper_gives_the_same_bytes_in_every_process() -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", AGAIN],
            cwd=ROOT,
            env={"PATH": "/usr/bin", "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh"))
    }
    assert len(runs) == 1


def test_another_moment_is_another_file() -> None:
    paper = a_paper(Text("Một"))
    assert to_pdf([paper], END) != to_pdf([paper], END + timedelta(seconds=1))


def test_pages_are_numbered_from_the_second_and_each_paper_by_itself() -> None:
    columns = [Column("STT", 1), Column("Họ và tên", 5)]
    long = a_paper(Table(columns, [[n, "Nguyễn Văn An"] for n in range(1, 101)]), name="Dài")
    first, second, third, *_, last = pages(to_pdf([long, a_paper(Text("Hết"))], END))
    assert first.startswith("SỞ")
    assert second.startswith("2 STT Họ và tên")
    assert third.startswith("3 STT Họ và tên")
    assert last.startswith("SỞ")


def test_nobody_signs_on_a_page_of_its_own() -> None:
    columns = [Column("STT", 1), Column("Họ và tên", 5)]
    for people in range(33, 39):
        rows: list[list[Cell]] = [[n, "Nguyễn Văn An"] for n in range(1, people + 1)]
        last = pages(to_pdf([a_paper(Table(columns, rows), Text("Tất cả"))], END))[-1]
        assert "Tất cả NGƯỜI KÝ" in last


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=200), st.text(max_size=40))
def test_no_text_is_read_as_markup_or_stops_the_setting(text: str, title: str) -> None:
    rows = [[text], ["#let x = 1; $x$ *đậm* @a"]]
    paper = a_paper(Text(text), Table([Column(title, 1)], rows))
    assert "#let x = 1; $x$ *đậm* @a" in " ".join(pages(to_pdf([paper], END)))


def test_vietnamese_letters_come_back_as_they_were() -> None:
    letters = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵđ"
    words = " ".join([*letters, *letters.upper()])
    assert flat(words) in " ".join(pages(to_pdf([a_paper(Text(words))], END)))


def test_an_id_without_a_space_stays_on_the_page() -> None:
    name = "x" * 128
    (page,) = pages(to_pdf([a_paper(Table([Column("Mã", 1), Column("K", 5)], [[name, 1]]))], END))
    assert name in page.replace(" ", "")
