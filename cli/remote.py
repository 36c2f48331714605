"""Calls of a running system, wherever it is, with the operator's own token."""

import csv
import io
import json
import os
from typing import Any

import requests
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore

from cli import say
from infra.local.emulator import HOST_VARIABLE
from shared.models.scheme import Scheme
from shared.scoring.digest import digest
from shared.usecases.case_log import to_id

TIMEOUT = 600
PATIENCE = 10
"""Seconds for a first answer of the store."""


class RemoteError(Exception):
    """What the system answered instead of doing it."""


def import_log(url: str, token: str, log: bytes, profile: str, month: str | None) -> dict[str, Any]:
    """Import a log, showing the progress; returns the report."""
    with requests.post(
        f"{url}/import_cases",
        files={"cases": log, "profile": profile.encode()},
        data={} if month is None else {"month": month},
        headers={"Authorization": f"Bearer {token}"},
        stream=True,
        timeout=TIMEOUT,
    ) as answer:
        return follow_import(answer, f"import {month or 'all'}")


def follow_import(answer: requests.Response, title: str) -> dict[str, Any]:
    """Show the lines of a running import; returns its report."""
    if answer.status_code == requests.codes.request_entity_too_large:
        raise RemoteError(
            f"{answer.url} takes no file that large: split it by cases, so that the rows of one "
            "case stay together, or lighten it by columns that the profile does not name"
        )
    _check(answer)
    with say.progress() as bar:
        row = bar.add_task(title, total=None)
        for line in answer.iter_lines():
            step = json.loads(line)
            if "report" in step:
                report: dict[str, Any] = step["report"]
                taken = report["cases"] - report["outside"]
                bar.update(row, total=taken, completed=taken)
                return report
            if "done" not in step:
                raise RemoteError(f"the import stopped: {line.decode()}")
            bar.update(row, completed=step["done"])
    raise RemoteError("the import stopped without a report; repeat it, it goes on where it was")


def publish_scheme(url: str, token: str, scheme: Scheme) -> None:
    """Publish it; repeating the call, also after its answer was lost, changes nothing."""
    answer = requests.post(
        f"{url}/schemes",
        data=scheme.model_dump_json(exclude_none=True),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": digest(scheme.fields()),
        },
        timeout=TIMEOUT,
    )
    _check(answer)


def require_store(project: str) -> None:
    """Raise RemoteError when the store does not answer soon: its client would try for minutes."""
    try:
        document = firestore.Client(project=project).document("periods/none")
        document.get(retry=None, timeout=PATIENCE)
    except (GoogleAPICallError, GoogleAuthError) as error:
        raise RemoteError(
            f"the store does not answer ({error}): check the network, the credentials of "
            f"`gcloud auth application-default login`, GOOGLE_CLOUD_PROJECT={project} and, "
            f"for an emulator, FIRESTORE_EMULATOR_HOST={os.environ.get(HOST_VARIABLE, '')}"
        ) from error


def export(url: str, token: str, periods: list[str], form: str) -> bytes:
    answer = requests.get(
        f"{url}/export",
        params={"period": periods, "format": form},
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT,
    )
    _check(answer)
    return answer.content


def forms(url: str, token: str, **query: str) -> bytes:
    answer = requests.get(
        f"{url}/forms",
        params=query,
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT,
    )
    _check(answer)
    return answer.content


def units(url: str, token: str, period: str) -> list[str]:
    """The units in which somebody has a result; for those who may see them all."""
    rows = csv.DictReader(io.StringIO(export(url, token, [period], "csv").decode()))
    return sorted({to_id(row["unit"]) for row in rows})


def explain(url: str, token: str, period: str, official: str | None) -> dict[str, Any]:
    answer = requests.get(
        f"{url}/explain",
        params={"period": period, **({"official": official} if official else {})},
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT,
    )
    _check(answer)
    explained: dict[str, Any] = answer.json()
    return explained


def _check(answer: requests.Response) -> None:
    if answer.status_code != requests.codes.ok:
        raise RemoteError(f"{answer.url} answered {answer.status_code}: {answer.text}")
