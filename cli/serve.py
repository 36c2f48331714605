"""The local stack to look at in a browser: a department last month, and at work this month."""

import itertools
import random
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from types import FrameType
from typing import NamedTuple, NoReturn

import requests
import typer

from cli import catalogue, say
from cli import demo as playing
from cli.demo import DemoError
from cli.department import ZONE, generate
from infra.local.emulator import HOST_VARIABLE
from infra.local.page.app import page
from infra.local.people import Client, sign_in
from infra.local.process import free_port
from infra.local.stack import Stack
from shared import refs
from shared.models.official import Official
from shared.usecases.calendar import bounds, month_of
from shared.vietnamese import TIME_ZONE

PORT = 8335
MOUNT = "web"
LOOPBACK = "127.0.0.1"
TEN, FIVE = time(10), time(17)
SATURDAY = 5
COMING = (1, 3, 6)
"""In how many days the new work is due."""
WORTHWHILE = timedelta(days=3)
"""A month younger than this has no past to show work from."""
PATIENCE = 120
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WAVES = 2
"""How often everybody was given work earlier this month."""
UNDONE = 2
"""Of the numbers 0, 1 and 2, which stand for work accepted, unchecked and not delivered."""


def choose_port(wanted: int) -> int:
    """This port, or a free one when somebody else listens on it."""
    with socket.socket() as probe:
        # As the server will: a port that only waits for old connections to end is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError:
            port = free_port()
            say.err.print(f"port {wanted} is taken, so this is port {port}")
            return port
    return wanted


@contextmanager
def until_stopped(status: int = 0) -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP end the block, at any moment, and the command with `status`.

    What the block has started is stopped in peace: whoever asks twice is not heard.
    """

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in STOPPING}
    for number, handler in before.items():
        # What is ignored already, as under nohup, stays so.
        signal.signal(number, signal.SIG_IGN if handler == signal.SIG_IGN else stop)
    try:
        yield
    except KeyboardInterrupt:
        say.err.print("stopped")
        raise typer.Exit(status) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def prepare(stack: Stack, *, history: bool) -> None:
    """Play last month to its results, then open this month and give out its first work."""
    now = datetime.now(UTC)
    month = month_of(now, TIME_ZONE)
    if history:
        playing.play_department(stack, month=month_before(month))
    else:
        stack.clock.advance(bounds(month, TIME_ZONE)[0])
        playing.publish_scheme(stack)
        playing.enrol(stack, generate(playing.SEED, month))
    Month(stack, month, now).begin()
    stack.drain(PATIENCE)


def show(stack: Stack) -> None:
    """Serve the page and say where, as whom, and how to end."""
    stack.gateway.mount(MOUNT, page(stack))
    officials = _officials(stack)
    say.out.print(f"\n{stack.url}/{MOUNT}/", style="bold", soft_wrap=True)
    say.out.print("choose there who you are, for instance:")
    examples = _examples(officials)
    for role, uid in examples.items():
        say.out.print(
            f"  {role}: {officials[uid].name}  {stack.url}/{MOUNT}/#as={uid}", soft_wrap=True
        )
    say.out.print("for roviec import, export, scheme and verify, as the organiser for an hour:")
    for name, value in _variables(stack, examples["the organiser"]).items():
        say.out.print(f"  export {name}={value}", soft_wrap=True)
    say.out.print("Ctrl-C stops it and forgets everything.")


def _variables(stack: Stack, organiser: str) -> dict[str, str]:
    """What the operator's command reads; the shell fetches the token when it runs the line."""
    return {
        "ROVIEC_URL": stack.url,
        "ROVIEC_TOKEN": f'"$(curl -s "{stack.url}/{MOUNT}/token.txt?uid={organiser}")"',
        "GOOGLE_CLOUD_PROJECT": stack.project,
        HOST_VARIABLE: stack.google.store.host,
    }


def wait() -> NoReturn:
    """Everything happens in other threads."""
    while True:
        signal.pause()


def month_before(month: str) -> str:
    start, _ = bounds(month, TIME_ZONE)
    return month_of(start - timedelta(days=1), TIME_ZONE)


class Team(NamedTuple):
    """Those who hold one position and get their work from one head."""

    head: str
    position: str
    members: list[str]


@dataclass
class Month:
    """The current month of a department that exists: opened, given work, partly done."""

    stack: Stack
    name: str
    now: datetime
    rng: random.Random = field(
        default_factory=lambda: random.Random(playing.SEED)  # noqa: S311  # a play, not a secret
    )
    clients: dict[str, Client] = field(default_factory=dict)

    def begin(self) -> None:
        start, self.end = bounds(self.name, TIME_ZONE)
        self.stack.clock.advance(start)
        officials = _officials(self.stack)
        self._open(next(uid for uid, one in officials.items() if "organiser" in one.roles))
        teams = list(_teams(officials))
        opened = self.stack.clock.now()
        if self.now - opened > WORTHWHILE:
            self._past(teams, opened)
        self.stack.clock.advance(self.now)
        self._coming(teams)

    def _open(self, organiser: str) -> None:
        body = {"action": "open", "period": self.name, "scheme": playing.SCHEME}
        answer = self._client(organiser).post("period", body, key=f"open-{self.name}")
        _check("period", answer)

    def _past(self, teams: list[Team], opened: datetime) -> None:
        """Work of some days ago: a third accepted, a third unchecked, a third not delivered."""
        third = (self.now - opened) / 3
        given = [
            (team, wave + number, name)
            for wave in range(WAVES)
            for number, (team, name) in enumerate(
                self._wave(teams, wave, self._on_workday(opened + (wave + 1) * third, FIVE))
            )
        ]
        self.stack.clock.advance(self._on_workday(opened + third / 2, TEN))
        for team, number, name in given:
            if number % 3 != UNDONE:
                self._report(name.split("_")[2], name, "delivery", self._delivery(name))
            if number % 3 == 0:
                accepted = {"kind": "accepted", "submission": "delivery"}
                self._report(team.head, name, "check", accepted)

    def _wave(self, teams: list[Team], wave: int, due: datetime) -> Iterator[tuple[Team, str]]:
        for number, team in enumerate(teams):
            for name in self._assign(team, wave + number, due):
                yield team, name

    def _coming(self, teams: list[Team]) -> None:
        """Work due in the next days; some of it has begun."""
        number = itertools.count(1)
        for team in teams:
            for days in COMING[: 2 + len(team.members) % 2]:
                due = self._on_workday(self.stack.clock.now() + timedelta(days=days), FIVE)
                for name in self._assign(team, next(number), due):
                    self._begin(name)

    def _begin(self, name: str) -> None:
        if self.rng.randrange(3):
            return
        progress = {"kind": "progress", "percent": self.rng.randrange(10, 90, 5)}
        self._report(name.split("_")[2], name, "begun", progress)

    def _assign(self, team: Team, number: int, due: datetime) -> list[str]:
        items = catalogue.items_of(team.position)
        item = items[number % len(items)]
        work = {
            "to": {"officials": team.members},
            "product": item.id,
            "quantity": self.rng.randint(1, item.most),
            "due": due.isoformat(),
        }
        request = {"action": "assign", "period": self.name, "work": [work]}
        key = f"{self.name}-{team.position}-{due:%d}-{number}"
        answer = self._client(team.head).post("assign", request, key=key)
        _check("assign", answer)
        names: list[str] = answer.json()["assignments"]
        return names

    def _report(self, by: str, name: str, entry_id: str, entry: Mapping[str, object]) -> None:
        body = {"assignment": name, "id": entry_id, "entry": entry}
        _check("progress", self._client(by).post("progress", body))

    def _delivery(self, name: str) -> dict[str, object]:
        assignment = self.stack.wiring.store.get(refs.assignments(name))
        if assignment is None:
            raise DemoError(f"{name} was assigned but does not exist")
        return {"kind": "submission", "quantity": assignment.quantity}

    def _on_workday(self, about: datetime, at: time) -> datetime:
        """This time of that day, or of the next working day; within the month."""
        day = about.astimezone(ZONE).date()
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        return min(datetime.combine(day, at, ZONE), self.end)

    def _client(self, uid: str) -> Client:
        if uid not in self.clients:
            self.clients[uid] = sign_in(self.stack, uid)
        return self.clients[uid]


def _teams(officials: dict[str, Official]) -> Iterator[Team]:
    """Heads give work to their unit; the director to the heads as well."""
    heads = {one.unit: uid for uid, one in officials.items() if one.is_head}
    director = next(uid for uid, one in officials.items() if one.position == catalogue.DIRECTOR)
    teams: dict[tuple[str, str], list[str]] = {}
    for uid, one in officials.items():
        head = director if one.is_head else heads[one.unit]
        if uid != director and not one.leave and one.position is not None:
            teams.setdefault((head, one.position), []).append(uid)
    for (head, position), members in sorted(teams.items()):
        yield Team(head, position, members)


def _officials(stack: Stack) -> dict[str, Official]:
    return {one.ref.id: one.value for one in stack.wiring.store.find(refs.officials)}


def _examples(officials: dict[str, Official]) -> dict[str, str]:
    """Somebody of each kind; the official and the head of one unit, who meet in the same work."""
    official = next(
        uid for uid, one in officials.items() if one.position == catalogue.LAND and not one.leave
    )
    unit = officials[official].unit
    return {
        "an official": official,
        "their head": next(
            uid for uid, one in officials.items() if one.is_head and one.unit == unit
        ),
        "the organiser": next(uid for uid, one in officials.items() if "organiser" in one.roles),
    }


def _check(what: str, answer: requests.Response) -> None:
    if answer.status_code != requests.codes.ok:
        raise DemoError(f"{what} answered {answer.status_code}: {answer.text}")
