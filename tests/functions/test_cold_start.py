"""What a fresh process does before its first request: kept small, as people wait for it."""

import json
import subprocess
import sys

from infra.local.stack import ROOT
from infra.local.triggers import CALLED, TASKS, TRIGGERS

FUNCTIONS = [*CALLED, *TASKS, *TRIGGERS]
HEAVY = [
    "firebase_admin",
    "google.cloud.firestore",
    "google.cloud.tasks_v2",
    "google.events",
    "grpc",
    "jwt",
    "openpyxl",
    "requests",
    "scipy",
    "typst",
    "xlsxwriter",
]
"""Imported by those that use them, when they do."""
OF_CONSTANTS = {"Title", "Words"}
"""Two strings each."""

IMPORT_ALL = """
import json, sys
import main
from shared.models.base import Part

def below(model):
    for one in model.__subclasses__():
        yield one
        yield from below(one)

for name in sys.argv[1:]:
    getattr(main, name)
models = list(below(Part))
assert len(models) > 80
built = [one.__name__ for one in models if one.__pydantic_complete__]
print(json.dumps([sorted(sys.modules), built]))
"""


def test_no_function_imports_what_is_heavy_nor_builds_a_model_before_it_is_called() -> None:
    run = [sys.executable, "-c", IMPORT_ALL, *FUNCTIONS]
    answer = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True)
    modules, built = json.loads(answer.stdout)
    assert sorted(set(HEAVY) & set(modules)) == []
    assert set(built) <= OF_CONSTANTS
