"""A queue's settings: what was asked, checked, with the service's defaults for the rest.

Zero means unset, as proto3 cannot tell them apart. Defaults and limits are those
of the RateLimits and RetryConfig reference; the sentences are the real service's.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from google.cloud import tasks_v2

from infra.local.tasks.refusal import invalid, unserved
from infra.local.tasks.retry import UNLIMITED, RetryPolicy

MAX_RATE = 500.0
MAX_CONCURRENT = 5000


@dataclass(frozen=True)
class Settings:
    """`rate` is dispatches per second, `concurrent` dispatches at a time."""

    rate: float = MAX_RATE
    concurrent: int = 1000
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    log_sampling: float = 0.0

    @property
    def burst(self) -> int:
        """The bucket's size, which the service chooses: 100 for 500/s, 10 for 5/s as observed."""
        return max(10, ceil(self.rate / 5))


def settings_of(queue: tasks_v2.Queue) -> Settings:
    """The settings a queue message asks for.

    Refuses INVALID_ARGUMENT for a value out of range, and UNIMPLEMENTED for
    queue-level routing, which this server does not do.
    """
    if "http_target" in queue or "app_engine_routing_override" in queue:
        raise unserved("Queue-level routing (httpTarget, appEngineRoutingOverride) is not served.")
    _check_rates(queue.rate_limits)
    base = Settings()
    return Settings(
        rate=queue.rate_limits.max_dispatches_per_second or base.rate,
        concurrent=queue.rate_limits.max_concurrent_dispatches or base.concurrent,
        retry=policy_of(queue.retry_config),
        log_sampling=queue.stackdriver_logging_config.sampling_ratio,
    )


def policy_of(config: tasks_v2.RetryConfig) -> RetryPolicy:
    """The policy a RetryConfig asks for. Refuses INVALID_ARGUMENT."""
    base = RetryPolicy()
    asked = tasks_v2.RetryConfig.pb(config)
    policy = RetryPolicy(
        max_attempts=asked.max_attempts or base.max_attempts,
        max_retry_duration=asked.max_retry_duration.ToTimedelta() or base.max_retry_duration,
        min_backoff=asked.min_backoff.ToTimedelta() or base.min_backoff,
        max_backoff=asked.max_backoff.ToTimedelta() or base.max_backoff,
        max_doublings=asked.max_doublings or base.max_doublings,
    )
    _check_policy(policy)
    return policy


def policy_message(policy: RetryPolicy) -> tasks_v2.RetryConfig:
    return tasks_v2.RetryConfig(
        max_attempts=policy.max_attempts,
        max_retry_duration=policy.max_retry_duration or None,
        min_backoff=policy.min_backoff,
        max_backoff=policy.max_backoff,
        max_doublings=policy.max_doublings,
    )


def _check_rates(limits: tasks_v2.RateLimits) -> None:
    _check_limit("maxDispatchesPerSecond", limits.max_dispatches_per_second, MAX_RATE)
    _check_limit("maxConcurrentDispatches", limits.max_concurrent_dispatches, MAX_CONCURRENT)


def _check_limit(name: str, value: float, most: float) -> None:
    if value < 0:
        raise invalid(f"RateLimits.{name} cannot be negative.")
    if value > most:
        raise invalid(f"RateLimits.{name} must be less than or equal to {most:.0f}.")


def _check_policy(policy: RetryPolicy) -> None:
    if policy.max_attempts < UNLIMITED:
        raise invalid("RetryConfig.maxAttempts must be greater or equal to -1.")
    for name, negative in (
        ("maxRetryDuration", policy.max_retry_duration < timedelta(0)),
        ("minBackoff", policy.min_backoff < timedelta(0)),
        ("maxBackoff", policy.max_backoff < timedelta(0)),
        ("maxDoublings", policy.max_doublings < 0),
    ):
        if negative:
            raise invalid(f"RetryConfig.{name} cannot be negative.")
    if policy.min_backoff > policy.max_backoff:
        raise invalid(
            "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff."
        )
