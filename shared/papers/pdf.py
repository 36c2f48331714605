"""Papers as PDF, set by Typst: the same papers and moment always give the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import resources
from typing import Any

from shared.papers.paper import (
    COUNTRY,
    MOTTO,
    SIGN_HERE,
    Block,
    Facts,
    Heading,
    Paper,
    Table,
    Text,
    shown,
)


def to_pdf(papers: Sequence[Paper], made: datetime) -> bytes:
    """One file; each paper starts on a page of its own, numbered from one."""
    import typst  # noqa: PLC0415  # only the forms need it; not every cold start

    template = resources.files("shared.papers").joinpath("paper.typ").read_bytes()
    data = {
        "country": COUNTRY,
        "motto": MOTTO,
        "sign_here": SIGN_HERE,
        "papers": [_paper(one) for one in papers],
    }
    # The texts go in as data, which Typst never reads as markup. Only the fonts that it
    # brings are used: those of the machine would make other bytes.
    made_pdf: bytes = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(made.timestamp()),
    )
    return made_pdf


def _paper(paper: Paper) -> dict[str, Any]:
    return {**asdict(paper), "blocks": [_block(block) for block in paper.blocks]}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading() | Text():
            return {"kind": type(block).__name__.lower(), "text": block.text}
        case Facts():
            return {"kind": "facts", "pairs": block.pairs}
        case Table():
            columns = [asdict(column) for column in block.columns]
            rows = [[shown(cell) for cell in row] for row in block.rows]
            return {"kind": "table", "columns": columns, "rows": rows, "total": block.total}
