"""Settings, read from the environment when first needed."""

import os
from collections.abc import Mapping
from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.vietnamese import TIME_ZONE


def _listed(text: object) -> object:
    """`a@x, b@x` as a set, without blanks: an empty setting lists nobody."""
    if not isinstance(text, str):
        return text
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _zone(name: object) -> object:
    try:
        return ZoneInfo(name) if isinstance(name, str) else name
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"{name} is not a time zone") from error


Listed = Annotated[frozenset[str], BeforeValidator(_listed)]


class Settings(BaseModel):
    """The environment variables that the functions read; see README for the deployment."""

    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)

    project: str = Field(alias="GOOGLE_CLOUD_PROJECT", min_length=1)
    location: str = Field(default="asia-southeast1", alias="LOCATION")
    queue: str = Field(default="periods", alias="TASKS_QUEUE")
    functions_url: str | None = Field(default=None, alias="FUNCTIONS_URL", min_length=1)
    """Where the functions answer, without a final slash; target and audience of tasks."""
    audiences: Listed = Field(default=frozenset(), alias="AUDIENCES")
    """Further audiences of service tokens, comma-separated: the address that the platform
    gave this function, if it is not below FUNCTIONS_URL; Eventarc signs for that one."""
    service_account: str | None = Field(default=None, alias="SERVICE_ACCOUNT", min_length=1)
    """Signs calls from Cloud Tasks, Scheduler and Eventarc; only it may make them."""
    trusted_systems: Listed = Field(default=frozenset(), alias="TRUSTED_SYSTEMS")
    """E-mails of service accounts that may report others' work, comma-separated."""
    oidc_keys_url: str = Field(
        default="https://www.googleapis.com/oauth2/v3/certs", alias="OIDC_KEYS_URL"
    )
    tasks_host: str = Field(default="", alias="CLOUD_TASKS_EMULATOR_HOST")
    allowed_origins: Listed = Field(default=frozenset(), alias="ALLOWED_ORIGINS")
    """Origins of the pages that may call from a browser, comma-separated: `https://roviec.vn`."""
    app_check: Literal["off", "enforced"] = Field(default="off", alias="APP_CHECK")
    """Whether people must call from our own app, as Firebase App Check attests."""
    push: Literal["off", "fcm"] = Field(default="off", alias="PUSH")
    """Whether notices also go to devices, through Firebase Cloud Messaging."""
    quiet_from: time = Field(default=time(21), alias="QUIET_FROM")
    """On the clocks of QUIET_ZONE; equal to QUIET_UNTIL, no night is quiet."""
    quiet_until: time = Field(default=time(7), alias="QUIET_UNTIL")
    quiet_zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(
        default=ZoneInfo(TIME_ZONE), alias="QUIET_ZONE"
    )
    quiet_days_off: bool = Field(default=True, alias="QUIET_DAYS_OFF")
    """Whether weekends and holidays are quiet."""
    rate_per_minute: int = Field(default=300, alias="RATE_PER_MINUTE", gt=0)
    """Calls of one caller to one instance of one function; see `shared/adapters/rate.py`."""
    rate_burst: int = Field(default=100, alias="RATE_BURST", gt=0)
    retention_years: int = Field(default=10, alias="RETENTION_YEARS", ge=1, le=100)
    """How long what tells of somebody is kept after their last service; see docs/privacy.md."""
    max_request_bytes: int = Field(default=32 * 2**20, alias="MAX_REQUEST_BYTES", gt=0)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises pydantic.ValidationError naming the variable that is missing or wrong."""
        return cls.model_validate(environment)
