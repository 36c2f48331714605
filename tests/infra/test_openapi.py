"""The committed API document: true, complete, and about what exists."""

import json
from pathlib import Path

from functions.problem import STATUS
from infra.local.triggers import CALLED
from infra.openapi import PATH, contract_of, document, text
from shared.models.base import EARLIEST, LATEST

PROBLEMS = Path(__file__).parents[2] / "docs" / "problems.md"


def test_the_committed_document_is_not_stale() -> None:
    assert PATH.read_text("utf-8") == text(), "run `make openapi` and commit docs/openapi.json"


def test_every_function_is_there_by_its_contract() -> None:
    paths = document()["paths"]
    assert {name: list(paths[f"/{name}"]) for name in CALLED} == {
        name: [contract_of(name).method.lower()] for name in CALLED
    }


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    references = [part.partition('"')[0] for part in json.dumps(whole).split('"#/')[1:]]
    assert references
    for reference in references:
        found = whole
        for step in reference.split("/"):
            found = found[step]


def test_bounds_of_times_are_said() -> None:
    due = document()["components"]["schemas"]["Work"]["properties"]["due"]
    assert due["formatMinimum"] == EARLIEST.isoformat()
    assert due["formatExclusiveMaximum"] == LATEST.isoformat()


def test_an_entry_s_stamps_come_both_or_not_at_all() -> None:
    entry = document()["components"]["schemas"]["ReportRequest"]["properties"]["entry"]
    assert all({"by", "at"}.isdisjoint(kind["required"]) for kind in entry["oneOf"])
    assert all("kind" in kind["required"] for kind in entry["oneOf"])


def test_every_problem_is_explained() -> None:
    rows = [line.split("|") for line in PROBLEMS.read_text("utf-8").splitlines() if "| `" in line]
    assert {row[1].strip(" `"): int(row[2]) for row in rows} == STATUS
