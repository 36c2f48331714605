"""`roviec`: what an operator does from a shell."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from cli import demo as playing
from cli import remote, say
from cli import serve as serving
from cli.demo import DemoError
from cli.player import PlayError
from infra.local.clock import AdvancedClock
from infra.local.faults import Faults
from infra.local.process import EmulatorError
from infra.local.stack import Stack, running
from shared.errors import RefusedError
from shared.scoring.explanation import explain
from shared.usecases.score_facts import Facts, score_facts
from shared.usecases.verify import verify as verify_period
from shared.wiring import wiring

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
"""The demo's clock only goes forward, so it starts before any log."""
FAULTS = Faults(seed=335, copies=3, shuffle=True, max_delay=0.3, fail_first=0.10)

Log = Annotated[Path, typer.Argument(help="A case log (CSV).", exists=True, dir_okay=False)]
Out = Annotated[Path, typer.Option(help="The folder that the results go to.")]
Logs = Annotated[Path, typer.Option(help="The folder for the emulators' logs.")]
Url = Annotated[str, typer.Option(help="Where the functions answer.", envvar="ROVIEC_URL")]
Token = Annotated[str, typer.Option(help="Your ID token.", envvar="ROVIEC_TOKEN")]


@app.command()
def demo(
    cases: Annotated[Path | None, typer.Option(help="A case log to import (CSV).")] = None,
    profile: Annotated[Path | None, typer.Option(help="Its profile (TOML).")] = None,
    month: Annotated[str | None, typer.Option(help="Only this month, YYYY-MM.")] = None,
    *,
    faults: Annotated[
        bool, typer.Option(help="Every event three times, shuffled, late, 10 % failing first.")
    ] = False,
    out: Out = Path("out"),
    logs: Logs = Path("logs"),
) -> None:
    """Play work through the real functions, let it close, print and write the results."""
    if (cases is None) != (profile is None):
        _stop("--cases and --profile go together: make demo CASES=file.csv PROFILE=file.toml")
    started = time.monotonic()
    with _explained(logs), _stack(logs, faults=faults) as stack:
        played = (
            playing.play_department(stack, month=month or playing.MONTH)
            if cases is None or profile is None
            else playing.play_cases(stack, cases.read_bytes(), profile.read_text("utf-8"), month)
        )
        playing.show(stack, played.periods)
        playing.write_results(stack, played, out)
        summary = playing.summarise(stack, played.periods, started)
    text = json.dumps(asdict(summary), ensure_ascii=False, indent=2)
    (out / "summary.json").write_text(text + "\n", "utf-8")
    say.out.print(text, soft_wrap=True)
    say.err.print(f"written: {out}/results.csv, {out}/results.xlsx, {out}/summary.json")


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Where to listen; a free port if it is taken.")] = (
        serving.PORT
    ),
    *,
    history: Annotated[
        bool, typer.Option(help="First play the month before, so that there are results.")
    ] = True,
    logs: Logs = Path("logs"),
) -> None:
    """Run the local stack with a page to look at, until Ctrl-C."""
    with _explained(logs), serving.until_stopped():
        say.err.print("starting the emulators …")
        port, clock = serving.choose_port(port), AdvancedClock(LONG_AGO)
        with running(logs=logs, clock=clock, port=port) as stack:
            serving.prepare(stack, history=history)
            serving.show(stack)
            serving.wait()


@app.command("import")
def import_log(
    log: Log,
    profile: Annotated[Path, typer.Option(help="How to read it (TOML).")],
    url: Url,
    token: Token,
    month: Annotated[str | None, typer.Option(help="Only the cases due then, YYYY-MM.")] = None,
) -> None:
    """Import a case log into a running system; repeating it changes nothing."""
    with _explained():
        report = remote.import_log(url, token, log.read_bytes(), profile.read_text("utf-8"), month)
    say.out.print(json.dumps(report, ensure_ascii=False, indent=2), soft_wrap=True)


@app.command()
def export(
    period: Annotated[list[str], typer.Argument(help="One or more periods.")],
    url: Url,
    token: Token,
    out: Annotated[Path, typer.Option(help="The file to write: .csv or .xlsx.")],
) -> None:
    """Fetch the results of periods from a running system."""
    with _explained():
        out.write_bytes(remote.export(url, token, period, out.suffix.lstrip(".")))
    say.err.print(f"written: {out}")


@app.command()
def verify(period: Annotated[str, typer.Argument(help="A compiled period.")]) -> None:
    """Recompute a period from its entries and name every document that differs.

    Reads the store that GOOGLE_CLOUD_PROJECT (and FIRESTORE_EMULATOR_HOST) name,
    with the operator's own credentials.
    """
    with _explained():
        found = verify_period(wiring().store, wiring().schemes, period)
    for finding in found.findings:
        say.out.print(f"{finding.path}: {finding.reason}", soft_wrap=True)
    say.out.print(f"{period}: {found.checked} documents, {len(found.findings)} findings")
    raise typer.Exit(1 if found.findings else 0)


@app.command()
def score(
    facts: Annotated[Path, typer.Argument(help="Facts as JSON: see docs/facts.md.", exists=True)],
) -> None:
    """Score facts given as JSON and print the scorecard that explains itself."""
    with _explained():
        card, scheme = score_facts(Facts.model_validate_json(facts.read_bytes()))
    lines = [asdict(line) for line in explain(card, scheme)]
    document = {**card.model_dump(mode="json", exclude_none=True), "explanation": lines}
    say.out.print(json.dumps(document, ensure_ascii=False, indent=2), soft_wrap=True)


@contextmanager
def _stack(logs: Path, *, faults: bool) -> Iterator[Stack]:
    say.err.print("starting the emulators …")
    clock = AdvancedClock(LONG_AGO)
    with running(logs=logs, clock=clock, faults=FAULTS if faults else None) as stack:
        say.err.print(f"functions: {stack.url}  store: {stack.google.store.host}  logs: {logs}/")
        yield stack


@contextmanager
def _explained(logs: Path | None = None) -> Iterator[None]:
    """Turn what may go wrong into a sentence that says what to do."""
    try:
        yield
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        _stop("\n".join(faults))
    except RefusedError as error:
        _stop("\n".join(f"{fault.field}: {fault.reason}" for fault in error.faults))
    except (DemoError, PlayError, EmulatorError, remote.RemoteError, OSError) as error:
        _stop(f"{error}" + (f"\nlogs: {logs}/" if logs else ""))


def _stop(message: str) -> None:
    say.err.print(message, style="red")
    raise typer.Exit(2)


if __name__ == "__main__":
    app()
