"""The settings of the service: read once at start, frozen, every fault named at once.

Belongs here: names, defaults and rules of settings, and what follows from them alone (an origin, a key
list).
Does not belong here: anything that acts on a setting. Nobody else reads the environment.

Sources, the first that has a name wins: the process environment, `.env`, and `.local/env`. The last one,
which the local stack writes, is read only where neither of the others names SUPABASE_URL: half a local and
half a hosted project must never be mixed by accident.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_SHORTEST_SECRET = 32


class SettingsError(Exception):
    """The settings cannot be used. `faults` holds one plain sentence each; none shows a value."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The settings have faults:\n" + "\n".join(f"- {fault}" for fault in self.faults))


class Settings(BaseSettings):
    """All settings. A field's name in the environment is its name in capitals; `.env.example` explains it."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=True,
        env_file_encoding="utf-8",
    )

    port: int = Field(default=8000, ge=1, le=65535)
    # Requests that a process works on at the same time.
    threads: int = Field(default=8, ge=1, le=256)
    app_url: str = "http://127.0.0.1:8000"
    supabase_url: str
    supabase_publishable_key: SecretStr
    supabase_secret_key: SecretStr
    # Set: tokens are HS256 and nothing else. Absent: ES256 or RS256 by the project's JWKS, and never HS256.
    supabase_jwt_secret: SecretStr | None = None
    jwt_issuer: str | None = None
    # Comma separated, for rotation: the first encrypts, all decrypt. Absent: derived from the secret key.
    session_key: SecretStr | None = None
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    rate_limit_member: int = Field(default=600, ge=0)
    rate_limit_address: int = Field(default=3000, ge=0)
    rate_limit_channel: int = Field(default=600, ge=0)
    # How many turns, and how many imports, one member may have in flight at the same moment; 0 is no limit.
    member_turns_in_flight: int = Field(default=16, ge=0)
    member_imports_in_flight: int = Field(default=2, ge=0)
    # By network address, for all workers of a machine: forms about accounts in five minutes, renewed sessions a minute.
    rate_limit_sign_in: int = Field(default=20, ge=0)
    rate_limit_refresh: int = Field(default=10, ge=0)
    # Sessions for guests in five minutes, by network address, for all workers of a machine.
    rate_limit_guest_sessions: int = Field(default=30, ge=0)
    # Whether a guest who wants a person gets an account without a name, and its session.
    guest_sessions: bool = True
    # Event streams open at once, of one member and of one address, for all workers of a machine; 0 is no limit.
    event_streams_member: int = Field(default=6, ge=0)
    event_streams_address: int = Field(default=50, ge=0)
    # Seconds after which what a person has goes back to those who wait, once that person is offline.
    agent_gone_seconds: int = Field(default=300, ge=0, le=86400)
    # Whether Supabase Auth is told the address of who signs in, so that it counts each on its own.
    forward_client_address: bool = False
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    # How many bits of an IPv6 address are one client.
    ipv6_prefix: int = Field(default=64, ge=32, le=128)
    default_locale: Literal["ko", "en"] = "ko"
    # The dialogue: a YAML file as service/dialogue/flows/inquiry.yaml, which it is by default.
    flow_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    # As session_key, for the secrets of webhooks; what is derived from the secret key always decrypts.
    webhook_key: SecretStr | None = None
    # Whether webhooks may be sent into this machine and its network.
    webhook_allow_private: bool = False
    # Whether articles may be imported from this machine and its network.
    import_allow_private: bool = False
    # Seconds until a webhook is tried again after its first attempt, its second …
    webhook_repeats: Annotated[tuple[float, ...], NoDecode] = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    # The model that answers, at any endpoint that speaks as OpenAI's does; both or none. The address is kept as what
    # `/chat/completions` is appended to.
    ai_base_url: str | None = None
    ai_model: str | None = Field(default=None, max_length=200)
    # Absent: the endpoint asks for none.
    ai_api_key: SecretStr | None = None
    # Seconds for one answer: every attempt, every wait and the repair included.
    ai_timeout: float = Field(default=30.0, ge=1, le=120)
    # What a million tokens cost that go in, and that come out, in whatever currency the budgets are.
    ai_price_in: float = Field(default=0.0, ge=0, le=1_000_000)
    ai_price_out: float = Field(default=0.0, ge=0, le=1_000_000)
    # The most that a member's answers may cost in a day and everybody's in a month, whatever the assistant is told.
    ai_budget_member_day: float | None = Field(default=None, ge=0, le=1_000_000_000)
    ai_budget_project_month: float | None = Field(default=None, ge=0, le=1_000_000_000)
    # The model of vectors. Absent: words alone find.
    ai_embedding_base_url: str | None = None
    ai_embedding_model: str | None = Field(default=None, max_length=200)
    # Absent: see `embedding_key`.
    ai_embedding_api_key: SecretStr | None = None
    ai_embedding_dimensions: int = Field(default=512, ge=1, le=4000)
    # What a reader of /metrics must carry. Absent: only programs on this machine may read them.
    metrics_token: SecretStr | None = None
    # Seconds to wait for an answer of Supabase. Its upper bound keeps a stopped Supabase at a 503 within 5 s.
    upstream_timeout: float = Field(default=4.0, gt=0, le=4.5)
    # Seconds after which a request asks Supabase nothing more, and gives up on what it has asked.
    request_budget: float = Field(default=9.0, gt=0, le=10)
    # Seconds to wait for a connection to Supabase.
    upstream_connect_timeout: float = Field(default=2.0, gt=0, le=4.5)

    @field_validator("app_url", "supabase_url")
    @classmethod
    def _bare_url(cls, value: str) -> str:
        return _origin_of(value, "an http or https address without a path, query or user name")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return tuple(_words(value)) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _exact_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wanted = "a comma separated list of exact origins such as https://shop.example"
        return tuple(_origin_of(one, wanted) for one in value)

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper_level(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("supabase_publishable_key")
    @classmethod
    def _public_key(cls, value: SecretStr) -> SecretStr:
        _require_header_text(value)
        if _power_of(value.get_secret_value()) == "secret":
            raise ValueError("must be the publishable key, but a secret key was given")
        return value

    @field_validator("supabase_secret_key")
    @classmethod
    def _secret_key(cls, value: SecretStr) -> SecretStr:
        _require_header_text(value)
        if _power_of(value.get_secret_value()) == "publishable":
            raise ValueError("must be the secret key, but a publishable key was given")
        return value

    @field_validator("forward_client_address")
    @classmethod
    def _key_that_may_forward(cls, value: bool, info: ValidationInfo) -> bool:
        key = info.data.get("supabase_secret_key")
        if value and key is not None and not key.get_secret_value().startswith("sb_secret_"):
            raise ValueError("needs a secret key of the new kind (sb_secret_…); Supabase Auth believes no other")
        return value

    @field_validator("supabase_jwt_secret")
    @classmethod
    def _long_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} characters")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _require_header_text(value)
        return cls._long_secret(value)

    @field_validator("ai_base_url", "ai_embedding_base_url")
    @classmethod
    def _endpoint(cls, value: str | None) -> str | None:
        return None if value is None else _endpoint_of(value)

    @field_validator("ai_model", "ai_embedding_model")
    @classmethod
    def _model_has_endpoint(cls, value: str | None, info: ValidationInfo) -> str | None:
        address = (info.field_name or "").replace("model", "base_url")
        # Absent where the address itself is faulty; that is told already.
        if address in info.data and (value is None) != (info.data[address] is None):
            raise ValueError(f"and {address.upper()} must be set together")
        return value

    @field_validator("ai_api_key", "ai_embedding_api_key")
    @classmethod
    def _key_in_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _require_header_text(value)
        return value

    @field_validator("webhook_repeats", mode="before")
    @classmethod
    def _split_repeats(cls, value: object) -> object:
        return tuple(_words(value)) if isinstance(value, str) else value

    @field_validator("webhook_repeats")
    @classmethod
    def _bounded_repeats(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if len(value) > 50 or not all(0 <= seconds <= 7 * 86400 for seconds in value):
            raise ValueError("must be a comma separated list of at most 50 numbers of seconds, each a week at most")
        return value

    @field_validator("session_key", "webhook_key")
    @classmethod
    def _long_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and any(len(one) < _SHORTEST_SECRET for one in _words(value.get_secret_value())):
            raise ValueError(f"must hold keys of at least {_SHORTEST_SECRET} characters each")
        return value

    @field_validator("jwt_issuer")
    @classmethod
    def _issuer_for_hosted(cls, value: str | None, info: ValidationInfo) -> str | None:
        # `info.data` lacks the URL when the URL itself is faulty; that fault is reported already.
        url = info.data.get("supabase_url")
        if value is None and url is not None and not is_loopback(urlsplit(url).hostname):
            raise ValueError("must be set, because SUPABASE_URL is not the local stack")
        return value

    @property
    def is_local_stack(self) -> bool:
        """Whether Supabase runs on this machine."""
        return is_loopback(urlsplit(self.supabase_url).hostname)

    @property
    def app_is_loopback(self) -> bool:
        """Whether people open the app under a loopback name."""
        return is_loopback(urlsplit(self.app_url).hostname)

    @property
    def cookie_secure(self) -> bool:
        """Whether cookies carry `Secure`: exactly when people open the app over https."""
        return self.app_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The name of the session's cookie. Browsers take the prefix over https only."""
        return "__Host-munui" if self.cookie_secure else "munui"

    @property
    def has_model(self) -> bool:
        """Whether there is a model to ask for answers."""
        return self.ai_base_url is not None and self.ai_model is not None

    @property
    def has_embedding(self) -> bool:
        """Whether there is a model of vectors."""
        return self.ai_embedding_base_url is not None and self.ai_embedding_model is not None

    @property
    def embedding_key(self) -> SecretStr | None:
        """What the model of vectors is sent: its own key, or the other model's where both are of one origin."""
        if self.ai_embedding_api_key is not None or self.ai_base_url is None or self.ai_embedding_base_url is None:
            return self.ai_embedding_api_key
        return self.ai_api_key if origin_of(self.ai_base_url) == origin_of(self.ai_embedding_base_url) else None

    @property
    def session_keys(self) -> tuple[str, ...]:
        """The session secrets, newest first; empty when none is set."""
        return tuple(_words(self.session_key.get_secret_value())) if self.session_key is not None else ()

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """The secrets that webhooks' secrets are encrypted with, newest first; empty when none is set."""
        return tuple(_words(self.webhook_key.get_secret_value())) if self.webhook_key is not None else ()


def load_settings(directory: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings from the environment and the files of `directory` (default: the working directory).

    `overrides` are values by field name and win over every source. Raises SettingsError with every fault.
    """
    place = directory or Path.cwd()
    dotenv, local = place / ".env", place / ".local" / "env"
    # Of several files the last one wins.
    files = (dotenv,) if _names_supabase(dotenv) else (local, dotenv)
    try:
        arguments: dict[str, Any] = {"_env_file": files, **overrides}
        return Settings(**arguments)
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from None


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address (without port) means this machine."""
    if host is None:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str | None:
    """The origin of an http(s) URL in the form browsers send it, or None where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.hostname.isascii():
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, default) else "")


def _origin_of(value: str, wanted: str) -> str:
    text = value.strip().removesuffix("/")
    origin = origin_of(text)
    if origin is None or not _is_bare(urlsplit(text)):
        raise ValueError(f"must be {wanted}")
    return origin


def _endpoint_of(value: str) -> str:
    """An address without the call that is appended to it. `/v1` is meant where there is no path."""
    text = value.strip().rstrip("/").removesuffix("/chat/completions").removesuffix("/embeddings").rstrip("/")
    parts = urlsplit(text)
    if origin_of(text) is None or parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("must be an http or https address without a query or a user name")
    return text if parts.path else f"{text}/v1"


def _is_bare(parts: SplitResult) -> bool:
    return not (parts.path or parts.query or parts.fragment or parts.username or parts.password)


def _names_supabase(dotenv: Path) -> bool:
    written = dotenv_values(dotenv) if dotenv.is_file() else {}
    return bool(os.environ.get("SUPABASE_URL") or written.get("SUPABASE_URL"))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _require_header_text(value: SecretStr) -> None:
    text = value.get_secret_value()
    if not text or not all("!" <= char <= "~" for char in text):
        raise ValueError("must be printable ASCII without spaces")


def _power_of(key: str) -> Literal["publishable", "secret"] | None:
    """What a Supabase key can do, by its prefix or, in older projects, by the role claim it shows."""
    if key.startswith("sb_publishable_"):
        return "publishable"
    if key.startswith("sb_secret_"):
        return "secret"
    try:
        body = key.split(".")[1]
        role = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["role"]
    except (ValueError, LookupError, TypeError):
        return None
    powers: dict[object, Literal["publishable", "secret"]] = {"anon": "publishable", "service_role": "secret"}
    return powers.get(role) if isinstance(role, str) else None


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"{str(fault['loc'][0]).upper()} {_predicate(fault['type'], fault['msg'], fault.get('ctx') or {})}."
        for fault in error.errors(include_url=False, include_input=False)
    ]


def _predicate(kind: str, message: str, context: dict[str, Any]) -> str:
    if kind == "missing":
        return "is not set"
    if kind == "value_error":
        return str(context["error"])
    if kind.startswith(("int_", "float_")):
        return "must be a whole number" if kind.startswith("int_") else "must be a number"
    return message.replace("Input should", "must")
