"""`roviec`: what an operator does from a shell."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from re import fullmatch
from typing import Annotated, Literal, NoReturn

import typer
from pydantic import ValidationError

from cli import demo as playing
from cli import fair, remote, say, what_if
from cli import serve as serving
from cli.demo import DemoError
from cli.player import PlayError
from infra.local.clock import AdvancedClock
from infra.local.faults import Faults
from infra.local.process import EmulatorError
from infra.local.stack import ROOT, Stack, running
from shared.errors import RefusedError
from shared.models.scheme import Scheme
from shared.models.simulation import Simulation
from shared.scoring.explanation import explain
from shared.usecases.calendar import bounds
from shared.usecases.case_log import read_profile
from shared.usecases.schemes import require_sound, shipped
from shared.usecases.score_facts import Facts, score_facts
from shared.usecases.simulate import SimulateRequest, other_scheme, replay_period
from shared.usecases.simulate_cases import simulate_cases
from shared.usecases.verify import verify as verify_period
from shared.vietnamese import TIME_ZONE
from shared.wiring import wiring

schemes = typer.Typer(no_args_is_help=True, help="Check and publish scoring schemes.")
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
"""The demo's clock only goes forward, so it starts before any log."""
FAULTS = Faults(seed=335, copies=3, shuffle=True, max_delay=0.3, fail_first=0.10)

app.add_typer(schemes, name="scheme")

UNIT_FORMS = ("unit", "self", "decision")
INTERRUPTED = 130
PROFILES = ROOT / "profiles"


def _a_month(text: str | None) -> str | None:
    """A month within the calendar of periods, before anything is started for it."""
    if text is None:
        return None
    if not fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise typer.BadParameter(f"{text} is no month: use YYYY-MM, such as 2026-10")
    with _explained():
        bounds(text, TIME_ZONE)
    return text


Month = Annotated[str | None, typer.Option(help="Only this month, YYYY-MM.", callback=_a_month)]
Log = Annotated[Path, typer.Argument(help="A case log (CSV).", exists=True, dir_okay=False)]
SchemeFile = Annotated[Path, typer.Argument(help="A scheme (JSON).", exists=True, dir_okay=False)]
Out = Annotated[Path, typer.Option(help="The folder that the results go to.")]
Logs = Annotated[Path, typer.Option(help="The folder for the emulators' logs.")]
Url = Annotated[str, typer.Option(help="Where the functions answer.", envvar="ROVIEC_URL")]
Token = Annotated[str, typer.Option(help="Your ID token.", envvar="ROVIEC_TOKEN")]


@app.command()
def demo(
    cases: Annotated[
        Path | None,
        typer.Option(help="A case log to import (CSV).", exists=True, dir_okay=False),
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Its profile (TOML); else the one of its name in profiles/.")
    ] = None,
    month: Month = None,
    *,
    faults: Annotated[
        bool, typer.Option(help="Every event three times, shuffled, late, 10 % failing first.")
    ] = False,
    out: Out = Path("out"),
    logs: Logs = Path("logs"),
) -> None:
    """Play work through the real functions, let it close, print and write the results."""
    if cases is None and profile is not None:
        _stop("a profile tells how to read a log: make demo CASES=file.csv PROFILE=file.toml")
    started = time.monotonic()
    with _explained(logs), serving.until_stopped(INTERRUPTED):
        play = _play(cases, profile, month)
        with _stack(logs, faults=faults) as stack:
            played = play(stack)
            playing.show(stack, played.periods)
            playing.write_results(stack, played, out)
            summary = playing.summarise(stack, played.periods, started)
    text = json.dumps(asdict(summary), ensure_ascii=False, indent=2)
    (out / "summary.json").write_text(text + "\n", "utf-8")
    typer.echo(text)
    say.err.print(f"written: {out}/results.csv, {out}/results.xlsx, {out}/summary.json")


def _play(
    cases: Path | None, profile: Path | None, month: str | None
) -> Callable[[Stack], playing.Played]:
    """What to play, looked through before anything is started."""
    if cases is None:
        return partial(playing.play_department, month=month or playing.MONTH)
    text = _read_text(profile or PROFILES / f"{cases.stem}.toml")
    log = cases.read_bytes()
    playing.months_due(log, read_profile(text), month)
    return partial(playing.play_cases, log=log, profile_text=text, month=month)


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
        _log_to(logs)
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
    month: Month = None,
) -> None:
    """Import a case log into a running system; repeating it changes nothing.

    Exits with 1 when every case was refused.
    """
    with _explained():
        report = remote.import_log(url, token, log.read_bytes(), _read_text(profile), month)
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    taken = any(report[name] for name in ("assignments", "entries", "unchanged"))
    raise typer.Exit(1 if report["refused"] and not taken else 0)


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
def forms(
    period: Annotated[str, typer.Argument(help="A compiled period.")],
    url: Url,
    token: Token,
    unit: Annotated[
        str | None, typer.Option(help="One unit; else every unit, and the province.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder that the forms go to.")] = Path("out/forms"),
) -> None:
    """Fetch the forms of a period, as PDF and XLSX: of everybody, of units and the province."""
    with _explained():
        units = [unit] if unit else remote.units(url, token, period)
        queries = [{"form": form, "unit": one} for one in units for form in UNIT_FORMS]
        whole = [] if unit else [{"form": "province"}, {"form": "minutes"}]
        out.mkdir(parents=True, exist_ok=True)
        with say.progress() as bar:
            for query in bar.track([*whole, *queries], description=f"forms {period}"):
                for kind in ("pdf", "xlsx"):
                    made = remote.forms(url, token, period=period, format=kind, **query)
                    (out / f"{'-'.join([period, *query.values()])}.{kind}").write_bytes(made)
    say.err.print(f"written: {out}/")


@app.command("explain")
def explain_result(
    period: Annotated[str, typer.Argument(help="A period.")],
    url: Url,
    token: Token,
    official: Annotated[str | None, typer.Argument(help="Whose; your own if left out.")] = None,
    language: Annotated[Literal["vi", "en"], typer.Option(help="vi or en.")] = "vi",
) -> None:
    """Explain a score of a running system, from the facts to the rating."""
    with _explained():
        explained = remote.explain(url, token, period, official)
    for line in explained["lines"]:
        typer.echo(line[language])


@app.command()
def verify(period: Annotated[str, typer.Argument(help="A compiled period.")]) -> None:
    """Recompute a period from its entries and name every document that differs.

    Reads the store that GOOGLE_CLOUD_PROJECT (and FIRESTORE_EMULATOR_HOST) name,
    with the operator's own credentials.
    """
    with _explained():
        remote.require_store(wiring().settings.project)
        with say.counting(f"verify {period}") as tell:
            found = verify_period(wiring().store, wiring().schemes, period, tell)
    for path, record in found.erased.items():
        typer.echo(f"{path}: erased by audit record {record}")
    for path, reason in found.ignored.items():
        typer.echo(f"{path}: ignored, {reason}")
    for finding in found.findings:
        typer.echo(f"{finding.path}: {finding.reason}")
    typer.echo(f"{period}: {found.checked} documents, {len(found.findings)} findings")
    raise typer.Exit(1 if found.findings else 0)


@app.command()
def simulate(
    period: Annotated[
        str, typer.Argument(help="A period, running or closed; of a log a month, or `all`.")
    ],
    scheme: Annotated[
        str, typer.Argument(help="The other scheme: a file (JSON), or a published or shipped name.")
    ],
    unit: Annotated[str | None, typer.Option(help="Only this unit and those below it.")] = None,
    suppose: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=100,
            help="Per cent of each criterion for those whom nobody has scored.",
        ),
    ] = None,
    change: Annotated[
        list[str], typer.Option("--set", help="A rule of the other scheme: penalties.per_late=50.")
    ] = [],  # noqa: B006  # typer reads it, nobody appends
    cases: Annotated[
        Path | None,
        typer.Option(help="Replay a case log (CSV) instead of a store.", exists=True),
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Its profile (TOML); else the one of its name in profiles/.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one period a line.")] = False,
) -> None:
    """Replay a period under another scheme: who moves where, and why. Nothing is written.

    A log is compared with the scheme decree-335@1. Without --cases it reads the store
    that GOOGLE_CLOUD_PROJECT (and FIRESTORE_EMULATOR_HOST) name, with the operator's
    own credentials.
    """
    with _explained():
        if cases is None:
            found = _of_store(period, scheme, change, unit, suppose)
        else:
            found = _of_log(cases, profile, period, scheme, change, suppose)
        for one in found:
            if as_json:
                typer.echo(one.model_dump_json(exclude_none=True))
            else:
                what_if.show(one)


def _of_store(
    period: str, scheme: str, change: list[str], unit: str | None, suppose: int | None
) -> Iterable[Simulation]:
    remote.require_store(wiring().settings.project)
    store, known = wiring().store, wiring().schemes
    other = what_if.altered(other_scheme(known, what_if.given_scheme(scheme)), change)
    request = SimulateRequest(period=period, scheme=other, unit=unit, suppose=suppose)
    return [replay_period(store, known, request)]


def _of_log(
    cases: Path,
    profile: Path | None,
    period: str,
    scheme: str,
    change: list[str],
    suppose: int | None,
) -> Iterable[Simulation]:
    month = _a_month(None if period == "all" else period)
    old = shipped(playing.SCHEME)
    new = what_if.altered(what_if.shipped_scheme(scheme), change)
    require_sound(new)
    read = read_profile(_read_text(profile or PROFILES / f"{cases.stem}.toml"))
    return simulate_cases(cases.read_bytes(), read, month, old, new, suppose)


@app.command()
def fairness(
    period: Annotated[list[str], typer.Argument(help="One or more compiled periods.")],
    out: Out = Path("out"),
) -> None:
    """How fair an evaluation was: leniency, copied scores, moved deadlines … with how sure that is.

    Writes fairness.html for people and fairness.json for machines, and prints the
    findings. Reads the store that GOOGLE_CLOUD_PROJECT (and FIRESTORE_EMULATOR_HOST)
    name, with the operator's own credentials.
    """
    with _explained():
        remote.require_store(wiring().settings.project)
        found = fair.write_report(wiring(), period, out)
    for one in found.findings:
        typer.echo(f"{one.said.vi}\n  {one.said.en}")
    typer.echo(f"{', '.join(found.periods)}: {found.tests} tests, {len(found.findings)} findings")
    say.err.print(f"written: {out}/fairness.html, {out}/fairness.json")


@app.command()
def score(
    facts: Annotated[Path, typer.Argument(help="Facts as JSON: see docs/facts.md.", exists=True)],
) -> None:
    """Score facts given as JSON and print the scorecard that explains itself."""
    with _explained():
        card, scheme = score_facts(Facts.model_validate_json(_read_text(facts)))
    lines = [asdict(line) for line in explain(card, scheme)]
    document = {**card.model_dump(mode="json", exclude_none=True), "explanation": lines}
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


@schemes.command()
def check(file: SchemeFile) -> None:
    """Check a scheme; `roviec score` tries it on facts."""
    with _explained():
        typer.echo(f"{_scheme(file).ref} is a valid scheme")


@schemes.command()
def publish(file: SchemeFile, url: Url, token: Token) -> None:
    """Publish a version of a scheme in a running system, for periods to pin; as an organiser."""
    with _explained():
        scheme = _scheme(file)
        remote.publish_scheme(url, token, scheme)
    typer.echo(f"published {scheme.ref}")


def _scheme(file: Path) -> Scheme:
    return Scheme.model_validate_json(_read_text(file))


@contextmanager
def _stack(logs: Path, *, faults: bool) -> Iterator[Stack]:
    say.err.print("starting the emulators …")
    clock = AdvancedClock(LONG_AGO)
    _log_to(logs)
    with running(logs=logs, clock=clock, faults=FAULTS if faults else None) as stack:
        say.err.print(f"functions: {stack.url}  store: {stack.google.store.host}  logs: {logs}/")
        yield stack


@contextmanager
def _explained(logs: Path | None = None) -> Iterator[None]:
    """Turn what may go wrong into a sentence that says what to do."""
    try:
        yield
    except ValidationError as error:
        _stop("\n".join(f"{_field(one['loc'])}: {one['msg']}" for one in error.errors()))
    except RefusedError as error:
        _stop("\n".join(f"{fault.field}: {fault.reason}" for fault in error.faults))
    except (DemoError, PlayError, EmulatorError, remote.RemoteError, OSError) as error:
        _stop(f"{error}" + (f"\nlogs: {logs}/" if logs else ""))


def _field(loc: tuple[int | str, ...]) -> str:
    """Where the fault is, without the names that pydantic gives its own validators."""
    return ".".join(str(part) for part in loc if "[" not in str(part)) or "document"


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        _stop(f"{path} is not UTF-8: save it in that encoding")


def _log_to(logs: Path) -> None:
    """What the functions say of single calls, such as one to come again, is for looking up."""
    logs.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=logs / "functions.log", filemode="w", force=True)


def _stop(message: str) -> NoReturn:
    say.err.print(message, style="red", soft_wrap=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    app()
