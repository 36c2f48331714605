"""Calls of a running system, wherever it is, with the operator's own token."""

import json
from typing import Any

import requests

from cli import say

TIMEOUT = 600


class RemoteError(Exception):
    """What the system answered instead of doing it."""


def import_log(url: str, token: str, log: bytes, profile: str, month: str | None) -> dict[str, Any]:
    """Import a log, showing the progress; returns the report."""
    answer = requests.post(
        f"{url}/import_cases",
        files={"cases": log, "profile": profile.encode()},
        data={} if month is None else {"month": month},
        headers={"Authorization": f"Bearer {token}"},
        stream=True,
        timeout=TIMEOUT,
    )
    return follow_import(answer, f"import {month or 'all'}")


def follow_import(answer: requests.Response, title: str) -> dict[str, Any]:
    """Show the lines of a running import; returns its report."""
    _check(answer)
    with say.progress() as bar:
        row = bar.add_task(title, total=None)
        for line in answer.iter_lines():
            step = json.loads(line)
            if "report" in step:
                report: dict[str, Any] = step["report"]
                bar.update(row, total=report["cases"], completed=report["cases"])
                return report
            if "done" not in step:
                raise RemoteError(f"the import stopped: {line.decode()}")
            bar.update(row, completed=step["done"])
    raise RemoteError("the import stopped without a report; repeat it, it goes on where it was")


def export(url: str, token: str, periods: list[str], form: str) -> bytes:
    answer = requests.get(
        f"{url}/export",
        params={"period": periods, "format": form},
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT,
    )
    _check(answer)
    return answer.content


def _check(answer: requests.Response) -> None:
    if answer.status_code != requests.codes.ok:
        raise RemoteError(f"{answer.url} answered {answer.status_code}: {answer.text}")
