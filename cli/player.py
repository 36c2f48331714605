"""Play a department's month: each step as the person who takes it, at its time."""

import requests
from rich.progress import Progress

from cli.department import Amend, Answer, Appraise, Assign, Play, Ref, Register, Report, Step
from infra.local.people import Client, sign_in
from infra.local.stack import Stack


class PlayError(Exception):
    """A step that the system did not take, and its answer."""


class Player:
    """Remembers who is signed in, and which assignments each step was answered with."""

    def __init__(self, stack: Stack, play: Play) -> None:
        self._stack = stack
        self._play = play
        self._clients: dict[str, Client] = {}
        self._replies: dict[str, list[str]] = {}

    def play(self, bar: Progress) -> None:
        """Take every step; raises PlayError."""
        row = bar.add_task(f"play {self._play.period}", total=len(self._play.steps))
        for step in self._play.steps:
            self._stack.clock.advance(step.at)
            self._take(step)
            bar.advance(row)

    def _take(self, step: Step) -> None:
        client = self._client(step.by)
        match step:
            case Assign() | Answer():
                self._ask(client, step.key, step.request)
            case Amend():
                self._ask(client, step.key, {**step.request, "assignment": self._id(step.ref)})
            case Report():
                body = {"assignment": self._id(step.ref), "id": step.entry_id, "entry": step.entry}
                _check(step, client.post("progress", body))
            case Register():
                _check(step, self._register(client, step))
            case Appraise():
                _check(step, self._appraise(client, step))

    def _ask(self, client: Client, key: str, request: dict[str, object]) -> None:
        answer = client.post("assign", request, key=key)
        _check(request, answer)
        self._replies[key] = answer.json()["assignments"]

    def _register(self, client: Client, step: Register) -> requests.Response:
        """Straight to the store, like an appraisal."""
        who = {"official": step.by, "unit": step.unit}
        fields = {"period": self._play.period, **who, "title": step.title}
        return client.write(f"proposals/{step.proposal}", fields, times=["at"])

    def _appraise(self, client: Client, step: Appraise) -> requests.Response:
        """Straight to the store, as phones and browsers do."""
        part = f"by_{step.side}"
        note = {} if step.note is None else {"note": step.note}
        fields = {
            "period": self._play.period,
            "official": step.official,
            part: {
                "by": step.by,
                "scores": step.scores,
                "statements": step.statements,
                **note,
            },
        }
        path = f"appraisals/{self._play.period}_{step.official}"
        return client.write(path, fields, times=[f"{part}.at"])

    def _id(self, ref: Ref) -> str:
        return self._replies[ref.key][ref.index]

    def _client(self, uid: str) -> Client:
        if uid not in self._clients:
            self._clients[uid] = sign_in(self._stack, uid)
        return self._clients[uid]


def _check(step: object, answer: requests.Response) -> None:
    if answer.status_code != requests.codes.ok:
        raise PlayError(f"{step}\nwas answered {answer.status_code}: {answer.text}")
