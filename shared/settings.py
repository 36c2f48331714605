"""Settings, read from the environment when first needed."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The environment variables that the functions read; see README for the deployment."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    project: str = Field(alias="GOOGLE_CLOUD_PROJECT", min_length=1)
    location: str = Field(default="asia-southeast1", alias="LOCATION")
    queue: str = Field(default="periods", alias="TASKS_QUEUE")
    functions_url: str = Field(default="", alias="FUNCTIONS_URL")
    """Where the functions answer, without a final slash; target and audience of tasks."""
    service_account: str = Field(default="", alias="SERVICE_ACCOUNT")
    """Signs calls from Cloud Tasks, Scheduler and Eventarc; only it may make them."""
    trusted_systems: str = Field(default="", alias="TRUSTED_SYSTEMS")
    """E-mails of service accounts that may report others' work, comma-separated."""
    oidc_keys_url: str = Field(
        default="https://www.googleapis.com/oauth2/v3/certs", alias="OIDC_KEYS_URL"
    )
    tasks_host: str = Field(default="", alias="CLOUD_TASKS_EMULATOR_HOST")
    max_request_bytes: int = Field(default=32 * 2**20, alias="MAX_REQUEST_BYTES", gt=0)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises pydantic.ValidationError naming the variable that is missing or wrong."""
        return cls.model_validate(environment)
