"""The environment is read strictly, and every variable is explained."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from foia_tracker import env
from foia_tracker.embedded.place import REPOSITORY

PRODUCTION = {
    "FOIA_SECRET_KEY": "a-Long-Enough-Key-For-The-Tests-0123456789-abcdefghijkl",
    "FOIA_ALLOWED_HOSTS": "records.example.org",
    "FOIA_BASE_URL": "https://records.example.org",
    "FOIA_FROM_EMAIL": "records@example.org",
    "DATABASE_URL": "postgresql://foia_web:pass%40word@db:5432/foia?sslmode=require",
    "REDIS_URL": "redis://:x@broker:6379/0",
    "CACHE_URL": "redis://:x@cache:6379",
    "EMAIL_URL": "smtp+tls://user:p%3Aw@mail.example.org",
}


def sentences(**changes: str) -> list[str]:
    with pytest.raises(env.BadEnvironment) as problems:
        env.read({**PRODUCTION, **changes})
    return problems.value.sentences


BAD = [
    ("FOIA_ENV", "prod", "write one of production, development, test"),
    ("FOIA_ENV", "", "is set but empty"),
    ("FOIA_SECRET_KEY", "short", "at least 50 random characters"),
    ("FOIA_SECRET_KEY", "a" * 60, "at least 50 random characters"),
    ("FOIA_ALLOWED_HOSTS", "*", "without scheme, port or [*]"),
    ("FOIA_ALLOWED_HOSTS", "https://records.example.org", "write host names separated by commas"),
    ("FOIA_ALLOWED_HOSTS", "records.example.org,", "has ''"),
    ("FOIA_BASE_URL", "records.example.org", "such as https://"),
    ("FOIA_BASE_URL", "https://records.example.org/foia", "an address without a path"),
    ("FOIA_TRUSTED_PROXIES", "yes", "a whole number from 0 to 5"),
    ("FOIA_TRUSTED_PROXIES", "6", "a whole number from 0 to 5"),
    ("FOIA_HSTS_SECONDS", "-1", "a whole number"),
    ("FOIA_SIGNUP_OPEN", "maybe", "write yes or no"),
    ("FOIA_MEDIA_DIR", "media", "write an absolute path"),
    ("FOIA_LOG_LEVEL", "info", "write one of DEBUG"),
    ("FOIA_FROM_EMAIL", "Records <records@example.org>", "one plain address"),
    ("FOIA_REMINDER_SWEEP_SECONDS", "0", "a whole number from 1 to 3600"),
    ("FOIA_REMINDER_SWEEP_SECONDS", "1.5", "a whole number from 1 to 3600"),
    ("FOIA_REMINDER_SWEEP_SECONDS", "٣", "a whole number from 1 to 3600"),
    ("DATABASE_URL", "sqlite:///foia.db", "begins with 'sqlite'"),
    ("DATABASE_URL", "postgresql://foia_web@db", "names no database"),
    ("DATABASE_URL", "postgresql://db/foia", "names no role"),
    ("DATABASE_URL", "postgresql://foia_web@/foia", "names no host"),
    ("DATABASE_URL", "postgresql://foia_web@db:none/foia", "a port that is not a number"),
    ("DATABASE_URL", "postgresql://foia_web@db/foia?ssl=1", "unknown option 'ssl'"),
    ("REDIS_URL", "localhost:6379", "is not a Redis address"),
    ("REDIS_URL", "redis://broker:6379/first", "not a database number"),
    ("EMAIL_URL", "mail.example.org", "is not a mail server's address"),
    ("EMAIL_URL", "smtp://mail.example.org:x", "a port that is not a number"),
    ("MAIL_CATCHER_DIR", "mail", "write an absolute path"),
]


@pytest.mark.parametrize(("name", "value", "words"), BAD)
def test_a_bad_value_is_one_sentence_naming_variable_and_fix(name: str, value: str, words: str) -> None:
    told = sentences(**{name: value})
    assert len(told) == 1
    assert told[0].startswith(f"{name} ")
    assert re.search(words, told[0])
    assert told[0].endswith(".")


def test_a_secret_is_never_quoted() -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "FOIA_SECRET_KEY"):
        assert "hunter2" not in sentences(**{name: "what://user:hunter2@host:port/x"})[0]


def test_an_unknown_variable_of_ours_is_refused_and_others_are_not() -> None:
    assert sentences(FOIA_SECRETKEY="x") == [
        "FOIA_SECRETKEY is not a setting of this program; docs/settings.md lists them all."
    ]
    env.read({**PRODUCTION, "PATH": "/bin", "HOME": "/root"})


def test_production_starts_with_nothing_missing_and_says_all_that_is() -> None:
    with pytest.raises(env.BadEnvironment) as problems:
        env.read({})
    missing = {sentence.split()[0] for sentence in problems.value.sentences}
    assert missing == set(PRODUCTION)
    assert env.read(PRODUCTION)["FOIA_HSTS_SECONDS"] > 0


def test_development_starts_with_nothing_set() -> None:
    assert env.read({"FOIA_ENV": "development"})["DATABASE_URL"] is None


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-the-file\n")
    read = env.read({**PRODUCTION, "DATABASE_OWNER_URL": "postgresql://foia_owner@db/foia",
                     "DATABASE_OWNER_PASSWORD_FILE": str(file)})  # fmt: skip
    assert read["DATABASE_OWNER_URL"].password == "from-the-file"
    assert read["DATABASE_URL"].password == "pass@word"
    assert "keep one of the two" in sentences(REDIS_URL_FILE=str(file))[0]
    changed = {k: v for k, v in PRODUCTION.items() if k != "REDIS_URL"}
    with pytest.raises(
        env.BadEnvironment, match=r"REDIS_URL could not be read from the file .* No such file"
    ):
        env.read({**changed, "REDIS_URL_FILE": str(tmp_path / "absent")})


def test_what_is_no_secret_has_no_file() -> None:
    assert "FOIA_BASE_URL_FILE is not a setting" in sentences(FOIA_BASE_URL_FILE="/x")[0]


def test_addresses_are_understood_in_full() -> None:
    read = env.read(PRODUCTION)
    assert read["DATABASE_URL"].as_django() == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "foia", "USER": "foia_web",
        "PASSWORD": "pass@word", "HOST": "db", "PORT": "5432", "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip
    mail = read["EMAIL_URL"]
    assert (mail.host, mail.port, mail.user, mail.password, mail.use_tls) == (
        "mail.example.org", 587, "user", "p:w", True,
    )  # fmt: skip


def test_every_variable_is_in_the_docs_and_the_docs_name_no_other() -> None:
    text = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    assert rows == set(env.BY_NAME) | set(env.OF_THE_COMMANDS) | {"PYTHON"}
    secret = set(re.findall(r"^\| `([A-Z_]+)` \|[^|]*\| \*secret\.\*", text, re.MULTILINE))
    assert secret == {variable.name for variable in env.VARIABLES if variable.secret}


def test_the_defaults_of_the_docs_are_those_of_the_code() -> None:
    text = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, cell in re.findall(r"^\| `(FOIA_[A-Z_]+)` \| (.*?) \|", text, re.MULTILINE):
        variable = env.BY_NAME.get(name)
        if variable is None:
            continue
        assert ("required" in cell) == (variable.production is env.REQUIRED), name
        if isinstance(variable.default, int) and not isinstance(variable.default, bool):
            assert f"`{variable.default}`" in cell, name
        if variable.production not in (None, env.REQUIRED):
            written = (
                ("no", "yes")[variable.production]
                if isinstance(variable.production, bool)
                else variable.production
            )
            assert f"`{written}` in production" in cell, name


def test_the_program_ends_with_the_sentences_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=REPOSITORY,
        env={"FOIA_ENV": "production", "FOIA_SIGNUP": "yes", "PATH": "/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "FOIA_SIGNUP is not a setting of this program" in done.stderr
    assert "DATABASE_URL is missing" in done.stderr
    assert "Traceback" not in done.stderr
