"""The page to look at the local stack with: static files, and who one can be.

It exists only here. `people` lists everybody and `token` signs anybody in without
asking for proof: that is what the unsigned ID tokens of emulators are for, and why
nothing of this is ever deployed. Everything else the page does, it does as a phone
would: entries straight to the store under its rules, decisions through functions.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from infra.local.stack import Stack
from shared import refs

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page(stack: Stack) -> WSGIApplication:
    """The application to mount in the stack's gateway."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = _answer(stack, Request(environ))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = _policy(stack.google.store.host)
        return response(environ, start_response)

    return app


def _policy(store: str) -> str:
    """Nothing from elsewhere: the page's own files, the functions, and the store."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' http://{store}; base-uri 'self'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _answer(stack: Stack, request: Request) -> Response:
    if request.method not in ("GET", "HEAD"):
        return _problem(405, "Only GET is answered here")
    match request.path.strip("/"):
        case "stack":
            return _json(_where(stack))
        case "people":
            return _json(_people(stack))
        case "token" | "token.txt" as form:
            return _token(stack, request.args.get("uid", ""), text=form == "token.txt")
        case name:
            return _file(name or INDEX)


def _where(stack: Stack) -> dict[str, str]:
    """Where the store answers, and the time on the stack's clock, which may run ahead."""
    documents = f"projects/{stack.project}/databases/(default)/documents"
    return {
        "store": f"http://{stack.google.store.host}/v1/",
        "documents": documents,
        "now": stack.clock.now().isoformat(),
    }


def _people(stack: Stack) -> dict[str, Any]:
    store = stack.wiring.store
    positions = {one.ref.id: one.value.title for one in store.find(refs.positions)}
    return {
        "units": [
            {"id": one.ref.id, "name": one.value.name, "path": one.value.path}
            for one in store.find(refs.units)
        ],
        "people": [
            {
                "uid": one.ref.id,
                "name": one.value.name,
                "unit": one.value.unit,
                "position": positions.get(one.value.position or "", ""),
                "roles": one.value.roles,
                "is_head": one.value.is_head,
                "away": bool(one.value.leave),
            }
            for one in store.find(refs.officials)
        ],
    }


def _token(stack: Stack, uid: str, *, text: bool) -> Response:
    known = {one.ref.id for one in stack.wiring.store.find(refs.officials)}
    if uid not in known:
        return _problem(404, "Nobody has this id")
    token = stack.google.auth.sign_in(stack.project, uid)
    return Response(token, mimetype="text/plain") if text else _json({"uid": uid, "token": token})


def _file(name: str) -> Response:
    path = _files().get(name)
    if path is None:
        return _problem(404, "No file has this name")
    return Response(path.read_bytes(), content_type=TYPES[path.suffix])


@cache
def _files() -> dict[str, Path]:
    """What may be served, by its name: a path from outside never reaches the disk."""
    return {path.name: path for path in STATIC.iterdir() if path.suffix in TYPES}


def _json(data: object) -> Response:
    return Response(json.dumps(data, ensure_ascii=False), mimetype="application/json")


def _problem(status: int, title: str) -> Response:
    body = json.dumps({"status": status, "title": title})
    return Response(body, status, mimetype="application/problem+json")
