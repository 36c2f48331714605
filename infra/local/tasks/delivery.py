"""One attempt over HTTP."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

import requests
from google.cloud import tasks_v2

from infra.local.tasks.answer import TIMED_OUT, UNREACHED, Answer

# (service account email, audience) -> a signed OIDC token
Sign = Callable[[str, str], str]

logger = logging.getLogger(__name__)


def deliver(
    request: tasks_v2.HttpRequest,
    headers: Mapping[str, str],
    deadline: timedelta,
    sign: Sign | None,
) -> Answer:
    """Send the request and wait for its answer, at most `deadline` of real time.

    Never raises: whatever goes wrong is a failed attempt. Redirects are not
    followed, so they count as failures.
    """
    try:
        return _send(request, {**_headers(request, sign), **headers}, deadline.total_seconds())
    except requests.Timeout:
        return TIMED_OUT
    except requests.RequestException as error:
        logger.info("no answer from %s: %s", request.url, error)
        return UNREACHED
    except Exception:
        # Above all a signer that fails; the worker thread must outlive it.
        logger.exception("could not send to %s", request.url)
        return UNREACHED


def _send(request: tasks_v2.HttpRequest, headers: Mapping[str, str], seconds: float) -> Answer:
    with requests.Session() as session:
        # Neither the machine's proxies nor its .netrc have a say, nor requests' own headers.
        session.trust_env = False
        session.headers.clear()
        answer = session.request(
            request.http_method.name,
            request.url,
            data=request.body or None,
            headers=headers,
            timeout=seconds,
            allow_redirects=False,
        )
    return Answer(answer.status_code)


def _headers(request: tasks_v2.HttpRequest, sign: Sign | None) -> dict[str, str]:
    headers = dict(request.headers)
    if "oidc_token" in request and sign is not None:
        # Whatever its spelling, the task's own gives way to the token.
        headers = {name: at for name, at in headers.items() if name.lower() != "authorization"}
        audience = request.oidc_token.audience or request.url
        token = sign(request.oidc_token.service_account_email, audience)
        headers["Authorization"] = f"Bearer {token}"
    return headers
