"""A task: what its creator asked, checked, and how its attempts have gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud import tasks_v2

from infra.local.tasks import retry
from infra.local.tasks.answer import Answer
from infra.local.tasks.refusal import invalid, unserved
from infra.local.tasks.retry import RetryPolicy, Trials
from infra.local.tasks.settings import policy_message, policy_of

FARTHEST = timedelta(days=30)
DEADLINES = (timedelta(seconds=15), timedelta(minutes=30))
DEFAULT_DEADLINE = timedelta(minutes=10)
USER_AGENT = "Google-Cloud-Tasks"
MAX_SIZE = 1 << 20
MAX_URL = 2083

_WITH_BODY = {tasks_v2.HttpMethod.POST, tasks_v2.HttpMethod.PUT, tasks_v2.HttpMethod.PATCH}

# Headers the service computes or keeps for itself, whatever the task says.
_RESERVED = ("host", "content-length", "user-agent")
_RESERVED_PREFIXES = ("x-google-", "x-appengine-", "x-cloudtasks-")


@dataclass(frozen=True)
class Attempt:
    """One dispatch of a task; `answer` and `answered` come with its end."""

    scheduled: datetime
    dispatched: datetime
    answered: datetime | None = None
    answer: Answer | None = None

    def message(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "schedule_time": self.scheduled,
            "dispatch_time": self.dispatched,
        }
        if self.answered is not None and self.answer is not None:
            shown["response_time"] = self.answered
            shown["response_status"] = {
                "code": self.answer.code,
                "message": self.answer.message,
            }
        return shown


@dataclass(eq=False)
class TaskState:
    """A task in a queue.

    `executed` counts the answers that were not 5xx, which is what the
    execution-count header means by it; `running` the attempts in flight, more
    than one only if RunTask forced another.
    """

    name: str
    request: tasks_v2.HttpRequest
    created: datetime
    scheduled: datetime
    deadline: timedelta
    retry: RetryPolicy | None = None
    dispatched: int = 0
    answered: int = 0
    executed: int = 0
    running: int = 0
    first_dispatch: datetime | None = None
    last: Attempt | None = None

    def begin(self, now: datetime) -> Attempt:
        """Record that an attempt leaves now."""
        self.dispatched += 1
        self.running += 1
        self.first_dispatch = self.first_dispatch or now
        self.last = Attempt(self.scheduled, now)
        return self.last

    def end(self, attempt: Attempt, outcome: Answer, now: datetime) -> None:
        """Record what an attempt came to."""
        self.running -= 1
        self.answered += outcome.received
        self.executed += outcome.executed
        self.last = Attempt(attempt.scheduled, attempt.dispatched, now, outcome)

    def policy(self, queue: RetryPolicy) -> RetryPolicy:
        """The task's own retry policy if it has one, which overrides its queue's."""
        return self.retry or queue

    def trials(self, now: datetime) -> Trials:
        first = self.first_dispatch or now
        return Trials(self.dispatched, now - first, now - self.created)

    def next_try(self, policy: RetryPolicy, now: datetime) -> datetime | None:
        """When to try again after a failure at `now`; None to give up."""
        if retry.spent(policy, self.trials(now)):
            return None
        return now + retry.interval(policy, self.dispatched)

    def message(self, view: tasks_v2.Task.View) -> tasks_v2.Task:
        """The task as a caller sees it: FULL, or BASIC without the body."""
        full = view == tasks_v2.Task.View.FULL
        shown: dict[str, Any] = {
            "name": self.name,
            "http_request": self.request if full else _without_body(self.request),
            "schedule_time": self.scheduled,
            "create_time": self.created.replace(microsecond=0),
            "dispatch_deadline": self.deadline,
            "dispatch_count": self.dispatched,
            "response_count": self.answered,
            "view": tasks_v2.Task.View.FULL if full else tasks_v2.Task.View.BASIC,
        }
        if self.last is not None:
            shown["first_attempt"] = {"dispatch_time": self.first_dispatch}
            shown["last_attempt"] = self.last.message()
        if self.retry is not None:
            shown["retry_config"] = policy_message(self.retry)
        return tasks_v2.Task(shown)


def new_task(asked: tasks_v2.Task, name: str, now: datetime) -> TaskState:
    """The state of a task just created.

    Refuses INVALID_ARGUMENT for what the reference forbids, and UNIMPLEMENTED
    for targets and tokens this server does not serve.
    """
    _check_target(asked)
    _check_request(asked.http_request)
    if tasks_v2.Task.pb(asked).ByteSize() > MAX_SIZE:
        raise invalid("Task size too large")
    return TaskState(
        name=name,
        request=_stored(asked.http_request),
        created=now,
        scheduled=_schedule(asked, now),
        deadline=_deadline(asked),
        retry=policy_of(asked.retry_config) if "retry_config" in asked else None,
    )


def _check_target(asked: tasks_v2.Task) -> None:
    if "app_engine_http_request" in asked:
        raise unserved("App Engine tasks are not served.")
    if "oauth_token" in asked.http_request:
        raise unserved("OAuth tokens are not served; use oidcToken.")


def _check_request(request: tasks_v2.HttpRequest) -> None:
    if not request.url:
        raise invalid("HttpRequest.url is required.")
    if not request.url.startswith(("http://", "https://")):
        raise invalid("HttpTarget.url must start with 'http://' or 'https://'.")
    if len(request.url) > MAX_URL:
        raise invalid(f"HttpRequest.url must be at most {MAX_URL} characters.")
    if request.body and _method(request) not in _WITH_BODY:
        raise invalid("HttpRequest.body is allowed only with POST, PUT or PATCH.")
    if "oidc_token" in request and not request.oidc_token.service_account_email:
        raise invalid("OidcToken.serviceAccountEmail is required.")


def _schedule(asked: tasks_v2.Task, now: datetime) -> datetime:
    if "schedule_time" not in asked:
        return now
    when: datetime = tasks_v2.Task.pb(asked).schedule_time.ToDatetime(tzinfo=UTC)
    if when > now + FARTHEST:
        raise invalid(
            f"The Task.scheduleTime, {when.isoformat()}, is too far in the future. "
            "Schedule time must be no more than 720h in the future."
        )
    return max(when, now)


def _deadline(asked: tasks_v2.Task) -> timedelta:
    deadline: timedelta = tasks_v2.Task.pb(asked).dispatch_deadline.ToTimedelta()
    if not deadline:
        return DEFAULT_DEADLINE
    least, most = DEADLINES
    if not least <= deadline <= most:
        raise invalid("Task.dispatchDeadline must be between [15s, 30m].")
    return deadline


def _method(request: tasks_v2.HttpRequest) -> tasks_v2.HttpMethod:
    method = tasks_v2.HttpMethod(request.http_method)
    unset = method is tasks_v2.HttpMethod.HTTP_METHOD_UNSPECIFIED
    return tasks_v2.HttpMethod(tasks_v2.HttpMethod.POST) if unset else method


def _stored(request: tasks_v2.HttpRequest) -> tasks_v2.HttpRequest:
    kept = tasks_v2.HttpRequest(request)
    kept.http_method = _method(request)
    kept.headers = {**_own_headers(request.headers), "User-Agent": USER_AGENT}
    return kept


def _own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in _RESERVED and not name.lower().startswith(_RESERVED_PREFIXES)
    }


def _without_body(request: tasks_v2.HttpRequest) -> tasks_v2.HttpRequest:
    shown = tasks_v2.HttpRequest(request)
    shown.body = b""
    return shown
