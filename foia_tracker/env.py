"""The environment, read once and strictly. Every variable is here and explained in docs/settings.md."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PREFIX = "FOIA_"
FILE_SUFFIX = "_FILE"
REQUIRED = object()


class BadEnvironment(Exception):
    """One sentence per problem; all problems are told at once."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


class BadValue(ValueError):
    """How to mend a value; the reader puts the variable's name before it."""


# How a value is read ------------------------------------------------------------------------------


def text(value: str) -> str:
    return value


def boolean(value: str) -> bool:
    if value in ("yes", "true", "1"):
        return True
    if value in ("no", "false", "0"):
        return False
    raise BadValue(f"is {value!r}; write yes or no.")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise BadValue(f"is {value!r}; write a whole number from {least} to {most}.")
        return int(value)

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise BadValue(f"is {value!r}; write one of {', '.join(words)}.")
        return value

    return parse


def hosts(value: str) -> list[str]:
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if not re.fullmatch(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]", name):
            raise BadValue(
                f"has {name!r}; write host names separated by commas, without scheme, port or *, "
                "such as records.example.org,www.records.example.org."
            )
    return names


def secret_key(value: str) -> str:
    if len(value) < 50 or len(set(value)) < 5:
        raise BadValue(
            "is too short; write at least 50 random characters, such as the output of "
            "python -c 'import secrets; print(secrets.token_urlsafe(60))'."
        )
    return value


def metrics_token(value: str) -> str:
    if len(value) < 20 or not value.isascii() or not value.isprintable() or " " in value:
        raise BadValue("is too short; write at least 20 random characters, such as the output of openssl rand -hex 20.")
    return value


def ping_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise BadValue("is not an address to call, such as https://watch.example.org/ping/4f2a.")
    return value


def email_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", value):
        raise BadValue(f"is {value!r}; write one plain address, such as records@example.org.")
    return value


def folder(value: str) -> Path:
    path = Path(value)
    if not path.is_absolute():
        raise BadValue(f"is {value!r}; write an absolute path.")
    return path


def web_address(value: str) -> str:
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise BadValue(f"is {value!r}; write an address without a path, such as https://records.example.org.")
    return value.rstrip("/")


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    name: str
    user: str
    password: str
    host: str
    port: str
    options: Mapping[str, str]

    def as_django(self) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": dict(self.options),
        }

    def with_password(self, password: str) -> DatabaseAddress:
        return DatabaseAddress(self.name, self.user, password, self.host, self.port, self.options)


DATABASE_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name")


def database_address(value: str) -> DatabaseAddress:
    """postgresql://role:password@host:port/name?sslmode=… or postgresql://role@/name?host=/socket/folder"""
    example = (
        "write postgresql://ROLE:PASSWORD@HOST:PORT/NAME, or postgresql://ROLE@/NAME?host=/socket/folder."
    )
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BadValue(f"has a port that is not a number; {example}") from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadValue(f"begins with {parts.scheme or 'no scheme'!r}; {example}")
    name = unquote(parts.path.lstrip("/"))
    if not name or "/" in name:
        raise BadValue(f"names no database; {example}")
    if not parts.username:
        raise BadValue(f"names no role; {example}")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    if not host:
        raise BadValue(f"names no host and no socket folder; {example}")
    port_text = query.pop("port", "") or (str(port) if port else "")
    unknown = sorted(set(query) - set(DATABASE_OPTIONS))
    if unknown:
        raise BadValue(
            f"has an unknown option {unknown[0]!r}; known are host, port, {', '.join(DATABASE_OPTIONS)}."
        )
    return DatabaseAddress(
        name, unquote(parts.username), unquote(parts.password or ""), host, port_text, query
    )


def redis_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in ("redis", "rediss") and parts.hostname:
        if not re.fullmatch(r"(/[0-9]{0,4})?", parts.path):
            raise BadValue("has a path that is not a database number; write redis://:PASSWORD@HOST:6379/0.")
        return value
    # Celery writes a socket as redis+socket://, redis-py as unix://; one spelling is taken here.
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return value
    raise BadValue(
        "is not a Redis address; write redis://:PASSWORD@HOST:6379/0 or unix:///path/to/redis.sock."
    )


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Where mail goes out. `backend` is what Django calls it."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False

    def with_password(self, password: str) -> MailAddress:
        return MailAddress(
            self.backend, self.host, self.port, self.user, password, self.use_tls, self.use_ssl
        )


def mail_address(value: str) -> MailAddress:
    example = (
        "write smtp+tls://USER:PASSWORD@HOST:587 (STARTTLS), smtps://USER:PASSWORD@HOST:465, "
        "smtp://HOST:25 (no encryption) or console:"
    )
    if value in ("console:", "console://"):
        return MailAddress("django.core.mail.backends.console.EmailBackend")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BadValue(f"has a port that is not a number; {example}.") from None
    usual = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in usual or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise BadValue(f"is not a mail server's address; {example}.")
    return MailAddress(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=port or usual[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


# What is read -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    parse: Callable[[str], Any]
    default: Any = None
    production: Any = None  # the default in production; REQUIRED refuses to start without a value
    secret: bool = False  # NAME_FILE may name a file that holds the value

    def default_in(self, mode: str) -> Any:
        return self.production if mode == "production" and self.production is not None else self.default


MODES = ("production", "development", "test")

VARIABLES: tuple[Variable, ...] = (
    Variable("FOIA_ENV", one_of(*MODES), default="production"),
    Variable("FOIA_SECRET_KEY", secret_key, production=REQUIRED, secret=True),
    Variable("FOIA_ALLOWED_HOSTS", hosts, default=["localhost", "127.0.0.1", "[::1]"], production=REQUIRED),
    Variable("FOIA_BASE_URL", web_address, default="http://localhost:8000", production=REQUIRED),
    Variable("FOIA_TRUSTED_PROXIES", whole_number(0, 5), default=0, production=1),
    Variable("FOIA_HSTS_SECONDS", whole_number(0, 100_000_000), default=0, production=31_536_000),
    Variable("FOIA_SIGNUP_OPEN", boolean, default=True, production=False),
    Variable("FOIA_MEDIA_DIR", folder),
    Variable("FOIA_STATIC_DIR", folder),
    Variable("FOIA_LAWS_DIR", folder),
    Variable("FOIA_LOG_LEVEL", one_of("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
    Variable("FOIA_LOG_FORMAT", one_of("json", "console"), default="console", production="json"),
    Variable("FOIA_FROM_EMAIL", email_address, default="tracker@localhost.localdomain", production=REQUIRED),
    Variable("FOIA_OPERATOR_EMAIL", email_address),
    Variable("FOIA_SMTP_TIMEOUT_SECONDS", whole_number(1, 60), default=10),
    Variable("FOIA_WEBHOOK_LOOPBACK", boolean, default=False),
    Variable("FOIA_MAIL_CONNECTIONS", whole_number(1, 50), default=4),
    Variable("FOIA_REMINDER_SWEEP_SECONDS", whole_number(1, 3600), default=30),
    Variable("FOIA_REMINDER_HASTE", whole_number(1, 1000), default=1),
    Variable("FOIA_REMINDER_PLAN_SECONDS", whole_number(1, 86_400), default=300),
    Variable("FOIA_PING_URL", ping_address, secret=True),
    Variable("FOIA_METRICS_TOKEN", metrics_token, secret=True),
    Variable("FOIA_IMPORT_SWEEP_SECONDS", whole_number(1, 3600), default=60),
    Variable("DATABASE_URL", database_address, production=REQUIRED, secret=True),
    Variable("DATABASE_PASSWORD", text, secret=True),
    Variable("DATABASE_OWNER_URL", database_address, secret=True),
    Variable("DATABASE_OWNER_PASSWORD", text, secret=True),
    Variable("DATABASE_DIRECT_URL", database_address, secret=True),
    Variable("FOIA_DB_CONN_MAX_AGE", whole_number(0, 3600), default=60),
    Variable("FOIA_OWNER_ROLE_PASSWORD", text, secret=True),
    Variable("FOIA_WEB_ROLE_PASSWORD", text, secret=True),
    Variable("FOIA_WORKER_ROLE_PASSWORD", text, secret=True),
    Variable("FOIA_BACKUP_ROLE_PASSWORD", text, secret=True),
    Variable("REDIS_URL", redis_address, production=REQUIRED, secret=True),
    Variable("CACHE_URL", redis_address, production=REQUIRED, secret=True),
    Variable("FOIA_PUBLIC_PAGES_SECONDS", whole_number(0, 3600), default=60),
    Variable("EMAIL_URL", mail_address, production=REQUIRED, secret=True),
    Variable("EMAIL_PASSWORD", text, secret=True),
    Variable("MAIL_CATCHER_DIR", folder),
)
BY_NAME: Mapping[str, Variable] = {variable.name: variable for variable in VARIABLES}

# Read by the commands of bin/, not by the settings; listed so that a misspelled neighbour is still refused.
OF_THE_COMMANDS = ("FOIA_VAR_DIR", "SAMPLES_DIR")


@dataclass(frozen=True, slots=True)
class Environment:
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def production(self) -> bool:
        return bool(self.values["FOIA_ENV"] == "production")


def known_names() -> set[str]:
    names = set(BY_NAME) | set(OF_THE_COMMANDS)
    return names | {v.name + FILE_SUFFIX for v in VARIABLES if v.secret}


def read(environ: Mapping[str, str] | None = None) -> Environment:
    given: Mapping[str, str] = os.environ if environ is None else environ
    problems: list[str] = []
    known = known_names()
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            problems.append(f"{name} is not a setting of this program; docs/settings.md lists them all.")

    mode = given.get("FOIA_ENV", "production")
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        try:
            written = _written(variable, given)
            if written is not None:
                values[variable.name] = variable.parse(written)
            elif variable.default_in(mode) is REQUIRED:
                hint = f" or {variable.name}{FILE_SUFFIX}" if variable.secret else ""
                raise BadValue(f"is missing; set it{hint} (docs/settings.md says how).")
            else:
                values[variable.name] = variable.default_in(mode)
        except BadValue as problem:
            problems.append(f"{variable.name} {problem}")
    if mode == "production" and values.get("FOIA_REMINDER_HASTE", 1) != 1:
        problems.append("FOIA_REMINDER_HASTE is for drills alone; leave it out in production.")
    if problems:
        raise BadEnvironment(problems)

    for address, password in (
        ("DATABASE_URL", "DATABASE_PASSWORD"),
        ("DATABASE_DIRECT_URL", "DATABASE_PASSWORD"),
        ("DATABASE_OWNER_URL", "DATABASE_OWNER_PASSWORD"),
        ("EMAIL_URL", "EMAIL_PASSWORD"),
    ):
        if values[address] is not None and values[password] and not values[address].password:
            values[address] = values[address].with_password(values[password])
    return Environment(values)


def _written(variable: Variable, given: Mapping[str, str]) -> str | None:
    value = given.get(variable.name)
    path = given.get(variable.name + FILE_SUFFIX) if variable.secret else None
    if value is not None and path is not None:
        raise BadValue(f"is set together with {variable.name}{FILE_SUFFIX}; keep one of the two.")
    if path is not None:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is not text"
            raise BadValue(
                f"could not be read from the file that {variable.name}{FILE_SUFFIX} names: {why}."
            ) from None
    if value is not None and not value.strip():
        raise BadValue("is set but empty; give it a value or unset it.")
    return value
