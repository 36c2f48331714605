"""Google's Firestore emulator: found, started, stopped, and its side doors.

Facts about it, measured with the jar of the Google Cloud SDK:

* It starts in a few seconds and keeps everything in memory, by project id:
  documents, rules and triggers of two projects never meet.
* It commits without waiting for anybody, then posts the events one at a time,
  in the order of the commits, over all triggers and projects: whoever receives
  them must answer at once, or all others wait. About 700 a second get through.
* It posts each event once: one that finds nobody listening, or is answered
  with an error, is lost. `gateway` does the retrying.
* `clear` deletes the documents one by one as far as triggers are concerned:
  each deletion is an event. Triggers and rules survive it.
* Registering a trigger id again replaces it; a trigger cannot be removed.
* Rules with an unknown function or variable are accepted with a warning, and
  then refuse every request; only bad syntax is an error.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from infra.local.process import LOOPBACK, EmulatorError, LocalServer

HOST_VARIABLE = "FIRESTORE_EMULATOR_HOST"
Change = Literal["written", "created"]
"""Which writes of a document: all of them, or its first."""

_MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_SDK_JAR = Path("platform/cloud-firestore-emulator/cloud-firestore-emulator.jar")
_SDK_ROOTS = (
    "/usr/lib/google-cloud-sdk",
    "/usr/share/google-cloud-sdk",
    "/usr/local/google-cloud-sdk",
    "/opt/google-cloud-sdk",
    "/opt/homebrew/share/google-cloud-sdk",
    "~/google-cloud-sdk",
)
_FIREBASE_CACHE = "~/.cache/firebase/emulators"
_INSTALL_EMULATOR = (
    "no Firestore emulator found: install it with `gcloud components install "
    "cloud-firestore-emulator` (Debian: google-cloud-cli-firestore-emulator) or "
    f"`npx firebase-tools setup:emulators:firestore`, or set {HOST_VARIABLE}"
)
_INSTALL_JAVA = "the Firestore emulator needs Java 11 or newer: install a Java runtime, version 17"
_OLDEST_JAVA = 11
_CALL_SECONDS = 120.0
_HTTP_OK = 200


class FirestoreEmulator(LocalServer):
    """A Firestore emulator for as long as the `with` block lasts.

    If `FIRESTORE_EMULATOR_HOST` is set when it starts, that emulator is used
    and nothing is started or stopped; its triggers then reach the address that
    it was itself started with, not `events`.
    """

    def __init__(
        self,
        *,
        log: Path,
        events: str | None = None,
        rules: Path | None = None,
        project: str = "demo-roviec",
        java_options: Sequence[str] = (),
        start_seconds: float = 60.0,
    ) -> None:
        """Prepare an emulator; `start` or `with` starts it.

        Args:
            log: The file that its output goes to; overwritten.
            events: `HOST:PORT` that trigger events are posted to. It cannot be
                changed afterwards, so reserve it first (an `EventRelay`, or `free_port`).
            rules: The rules that every project begins with; without them all is allowed.
            project: The project of requests that name none.
            java_options: Options of the virtual machine, such as its heap.
            start_seconds: How long it may take until it answers.
        """
        super().__init__(
            "the Firestore emulator", variable=HOST_VARIABLE, log=log, start_seconds=start_seconds
        )
        self._events = events
        self._rules = rules
        self._project = project
        self._java_options = tuple(java_options)

    def set_rules(self, project: str, text: str) -> list[str]:
        """Replace a project's security rules.

        Returns:
            The engine's warnings, such as an unknown function; it takes the
            rules all the same, so a test should want this to be empty.

        Raises:
            EmulatorError: The rules do not compile; the message is the engine's.
        """
        file = {"name": "firestore.rules", "content": text}
        reply = self._call("PUT", f"{_side(project)}:securityRules", {"rules": {"files": [file]}})
        issues = json.loads(reply).get("issues", [])
        return [_describe(issue) for issue in issues]

    def write(self, project: str, document: str, fields: Mapping[str, Any]) -> None:
        """Replace a document past the rules, as the server may; `fields` as REST spells them."""
        name = f"projects/{quote(project, safe='')}/databases/(default)/documents/{document}"
        self._call("PATCH", f"/v1/{name}", {"fields": fields})

    def clear(self, project: str) -> None:
        """Delete all documents of a project; triggers see every deletion."""
        self._call("DELETE", f"{_side(project)}/databases/(default)/documents")

    def register_trigger(
        self, project: str, trigger: str, document: str, on: Change = "written"
    ) -> None:
        """Post an event, for every such write to a document that matches, to the address of events.

        Args:
            project: The project whose documents are watched.
            trigger: An id; events arrive at `/functions/projects/PROJECT/triggers/ID`.
            document: A path pattern such as `assignments/{a}/entries/{e}`.
            on: Which writes.
        """
        body = {
            "eventType": f"google.cloud.firestore.document.v1.{on}",
            "database": "(default)",
            "namespace": "(default)",
            "document": {"value": document, "matchType": "PATH_PATTERN"},
        }
        name = quote(trigger, safe="")
        self._call("POST", f"{_side(project)}/eventarcTrigger?eventarcTriggerId={name}", body)

    def mark(self, project: str, document: str) -> None:
        """Write an empty document, past all rules."""
        self.write(project, document, {})

    def rule_coverage(self, project: str) -> dict[str, Any]:
        """Return the rules and a report of each expression's values and how often they came.

        It grows with every request since the rules were set: each distinct
        value of `request` is listed in full.
        """
        report: dict[str, Any] = json.loads(self._call("GET", f"{_side(project)}:ruleCoverage"))
        return report

    def rule_coverage_html(self, project: str) -> str:
        """Return the same report as a page to look at."""
        return self._call("GET", f"{_side(project)}:ruleCoverage.html").decode()

    def _command(self, port: int) -> list[str]:
        java, jar = find_java(), find_jar()
        command = [java, *self._java_options, "-cp", str(jar), _MAIN_CLASS]
        command += ["--host", LOOPBACK, "--port", str(port), "--project_id", self._project]
        if self._events is not None:
            command += ["--functions_emulator", self._events]
        if self._rules is not None:
            command += ["--rules", str(self._rules.absolute())]
        return command

    def _answers(self) -> bool:
        try:
            self._call("GET", "/")
        except (OSError, HTTPException, EmulatorError):
            return False
        return True

    def _call(self, method: str, path: str, body: object = None) -> bytes:
        # http.client, for it obeys no proxy settings: this is always a neighbour.
        connection = HTTPConnection(self.host, timeout=_CALL_SECONDS)
        try:
            # The content type decides what answers: without it, registering a trigger
            # is "not found"; with it, the coverage page is.
            headers = {"Authorization": "Bearer owner"}
            headers |= {} if body is None else {"Content-Type": "application/json"}
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            reply = response.read()
        finally:
            connection.close()
        if response.status != _HTTP_OK:
            raise EmulatorError(_refusal(method, path, response.status, reply))
        return reply


def find_jar(environ: Mapping[str, str] = os.environ) -> Path:
    """Find the emulator of an installed Google Cloud SDK, else one that firebase-tools has loaded.

    Raises:
        EmulatorError: There is none; the message says in one line what to install.
    """
    for root in _sdk_roots(environ):
        if (root / _SDK_JAR).is_file():
            return root / _SDK_JAR
    cache = _expand(_FIREBASE_CACHE, environ)
    jars = sorted(cache.glob("cloud-firestore-emulator-v*.jar"), key=_version)
    if not jars:
        raise EmulatorError(_INSTALL_EMULATOR)
    return jars[-1]


def find_java(environ: Mapping[str, str] = os.environ) -> str:
    """Find a Java that is new enough, in JAVA_HOME or on the PATH.

    Raises:
        EmulatorError: There is none; the message says in one line what to install.
    """
    home = environ.get("JAVA_HOME")
    places = [str(Path(home) / "bin")] if home else []
    path = os.pathsep.join([*places, environ.get("PATH", "")])
    java = shutil.which("java", path=path)
    if java is None:
        raise EmulatorError(_INSTALL_JAVA)
    version = java_version(_output(java, "-version"))
    if version < _OLDEST_JAVA:
        raise EmulatorError(f"{_INSTALL_JAVA} ({java} is version {version})")
    return java


def java_version(text: str) -> int:
    """Read the feature release from what `java -version` prints; 0 if it is not there."""
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found[1]) if found else 0


def _sdk_roots(environ: Mapping[str, str]) -> Iterator[Path]:
    """Cheapest first: asking gcloud itself takes about a second."""
    if root := environ.get("CLOUDSDK_ROOT_DIR"):
        yield Path(root)
    gcloud = shutil.which("gcloud", path=environ.get("PATH", ""))
    if gcloud is not None:
        yield Path(gcloud).resolve().parent.parent
    for place in _SDK_ROOTS:
        yield _expand(place, environ)
    if gcloud is not None:
        # The last line: warnings may come before it.
        lines = _output(gcloud, "info", "--format=value(installation.sdk_root)").split("\n")
        yield from (Path(line.strip()) for line in lines[-2:] if line.strip())


def _expand(place: str, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME") or str(Path.home())
    return Path(place.replace("~", home, 1))


def _output(program: str, *arguments: str) -> str:
    """Return what a program prints, on either stream; nothing if it cannot be run."""
    try:
        result = subprocess.run(  # noqa: S603 - a program found on the PATH, no shell
            [program, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_CALL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.decode(errors="replace")


def _version(jar: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", jar.name)]


def _side(project: str) -> str:
    return f"/emulator/v1/projects/{quote(project, safe='')}"


def _describe(issue: Mapping[str, Any]) -> str:
    place = issue.get("sourcePosition", {})
    return f"L{place.get('line')}:{place.get('column')} {issue.get('description')}"


def _refusal(method: str, path: str, status: int, reply: bytes) -> str:
    try:
        return str(json.loads(reply)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"{method} {path}: {status} {reply.decode(errors='replace')}"
