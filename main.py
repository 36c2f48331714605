"""Entry points by name: `--entry-point assign` deploys functions/assign/main.py, and only that."""

import os
from collections.abc import Callable
from importlib import import_module, util
from typing import Any

import functions_framework
from werkzeug.exceptions import HTTPException

from functions.problem import problem

# There are none, and looking for them reads the metadata of every package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def __getattr__(name: str) -> Callable[..., Any]:
    if name.startswith("_") or util.find_spec(f"functions.{name}") is None:
        raise AttributeError(f"functions/{name}/main.py does not exist")
    for kind in (HTTPException, 500):  # 500 apart: the framework has an answer of its own for it
        functions_framework.errorhandler(kind)(problem)
    entry_point: Callable[..., Any] = getattr(import_module(f"functions.{name}.main"), name)
    return entry_point
