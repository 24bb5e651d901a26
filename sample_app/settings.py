"""Everything the environment may say to this app, read once, when the app is made."""

import tempfile
from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _default_database_url() -> SecretStr:
    """A file in the temporary folder: the one place that is writable when the root file system is not."""
    return SecretStr(f"sqlite+aiosqlite:///{Path(tempfile.gettempdir(), 'shop.db')}")


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    app_services: Annotated[tuple[str, ...], NoDecode] = ()
    """The modules this process serves, separated by commas; unset: all of them."""

    database_url: SecretStr = Field(default_factory=_default_database_url)
    """An SQLAlchemy URL with an async driver. The default is a file of this one container's own: right for a first
    run and for tests, wrong for two containers. Secret, because such a URL may hold a password."""

    catalog_url: AnyHttpUrl | None = None
    """Where the catalog is served, without its `/catalog` prefix; unset: it is called in this process."""

    host: str = "127.0.0.1"
    """The address `entrypoints.serve` listens on; the container image sets it to all of them."""

    port: int = Field(default=8000, ge=0, le=65535)
    """The port `entrypoints.serve` listens on."""

    @field_validator("app_services", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value

    @property
    def urls(self) -> dict[str, str]:
        """The base URL of each module that another process serves."""
        return {"catalog": str(self.catalog_url)} if self.catalog_url else {}
