"""Everything the environment may say to this app, read once, when the app is made."""

import os
import tempfile
from enum import StrEnum
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, InitSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from sample_app import modules
from sample_app.kit.find_secret import find_secret
from sample_app.kit.logs import LogFormat


class Scheme(StrEnum):
    """How a client can reach the app."""

    HTTP = "http"
    HTTPS = "https"


def _default_database_url() -> SecretStr:
    """A file in the temporary folder: the one place that is writable when the root file system is not."""
    return SecretStr(f"sqlite+aiosqlite:///{Path(tempfile.gettempdir(), 'shop.db')}")


class _Secrets(PydanticBaseSettingsSource):
    """The fields that are secrets, by the rule of `kit.find_secret`: `X`, else `X_FILE`, else `X_ARN`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return (find_secret(field_name.upper()) if field.annotation is SecretStr else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _urls() -> dict[str, str]:
    """`<NAME>_URL` of each module in the folder."""
    names = [f"{module.name}_url" for module in iter_modules(modules.__path__)]
    return {name: url for name in names if (url := os.environ.get(name.upper()))}


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="allow", frozen=True, hide_input_in_errors=True)

    __pydantic_extra__: dict[str, AnyHttpUrl] = Field(init=False)
    """`<name>_url` of a module: where it is served, without its prefix; unset: it is called in this process."""

    app_services: Annotated[tuple[str, ...], NoDecode] = ()
    """The modules this process serves, separated by commas; unset: all of them."""

    database_url: SecretStr = Field(default_factory=_default_database_url)
    """An SQLAlchemy URL with an async driver. The default is a file of this one container's own: right for a first
    run and for tests, wrong for two containers. Secret, because such a URL may hold a password: `DATABASE_URL_FILE`
    and `DATABASE_URL_ARN` say where it is instead."""

    migrate_at_start: bool | None = None
    """Whether the app brings its tables up to date before it serves. Unset: on SQLite, which is one process's own.
    A database that several processes share is migrated once, before them: `entrypoints.migrate`."""

    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    """The longest request body. An Application Load Balancer passes 1 MB to Lambda, so the same holds everywhere."""

    root_path: str = Field(default="", pattern=r"^(/[^\s?#]*[^\s?#/])?$")
    """A path that a gateway in front takes away before it asks us, such as the `/prod` of an API's stage."""

    public_scheme: Scheme | None = None
    """The scheme of all clients where the proxies on the way cannot tell it: `https` behind CloudFront and a load
    balancer that speaks http between them. Unset: what the nearest trusted proxy says, else the connection's."""

    front_door: str | None = None
    """Host of the CloudFront distribution before an API that it asks by the API's own name, such as `api.example.com`;
    `*.cloudfront.net` for CloudFront's own. It says in `X-Front-Door-Host` and `X-Front-Door-Client` what the client
    used, and no other host is believed. Unset: neither is."""

    aws_lambda_function_name: str = ""
    """Set by Lambda itself: where we run, an event may come that is no HTTP request."""

    forwarded_allow_ips: str = "127.0.0.1,::1"
    """The addresses or networks of our proxies, separated by commas. Uvicorn reads it: it believes X-Forwarded-For
    and -Proto from them alone, and takes the last address there that is none of them."""

    echo: bool = False
    """Whether `/<module>/echo` tells a caller what the app saw of the request. For tests of what stands in front."""

    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")
    """The least severe log lines that are written."""

    log_format: LogFormat = LogFormat.JSON
    """`json`, one object a line, for machines; `console` for people."""

    host: str = "127.0.0.1"
    """The address `entrypoints.serve` listens on; the container image sets it to all of them."""

    port: int = Field(default=8000, ge=0, le=65535)
    """The port `entrypoints.serve` listens on."""

    uvicorn_timeout_keep_alive: int = Field(default=75, ge=1)
    """Seconds after which `entrypoints.serve` closes an idle connection. A load balancer must be the one that closes
    it, or it sends a request into a closed one and answers 502: an AWS ALB waits 60 s by default, uvicorn would wait 5.
    Named as uvicorn's own command line has it."""

    uvicorn_timeout_graceful_shutdown: int = Field(default=25, ge=0)
    """Seconds that requests get to finish after SIGTERM. ECS and Kubernetes kill after 30 s by default."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic-settings passes it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic-settings passes it
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the secrets, then the environment."""
        return init_settings, _Secrets(settings_cls), env_settings, InitSettingsSource(settings_cls, _urls())

    @field_validator("app_services", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _is_url(cls, value: SecretStr) -> SecretStr:
        try:
            is_async = make_url(value.get_secret_value()).get_dialect().is_async
        except ArgumentError:  # whose text may repeat the URL
            is_async = False
        if not is_async:
            raise ValueError(
                "must be an SQLAlchemy URL with an async driver, such as postgresql+asyncpg://user@host/shop"
            )
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _trust_somebody(cls, value: str) -> str:
        if "*" in value:
            raise ValueError("* would let every client choose the address we see; name the proxies' network (a CIDR)")
        return value

    @property
    def migrates_at_start(self) -> bool:
        """Whether this process brings the tables up to date itself."""
        if self.migrate_at_start is None:
            return self.database_url.get_secret_value().startswith("sqlite")
        return self.migrate_at_start

    @property
    def urls(self) -> dict[str, str]:
        """The base URL of each module that another process serves."""
        return {name.removesuffix("_url"): str(url) for name, url in self.__pydantic_extra__.items()}
