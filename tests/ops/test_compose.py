"""No Docker engine runs here: the file is held to the Compose specification and to our own rules, and its commands
are run by hand, with its environment, as processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml
from compose_spec import ComposeSpecification, PyCompose

from foia_tracker import alive, env
from foia_tracker.embedded import place
from foia_tracker.embedded.holder import free_port
from foia_tracker.embedded.postgres import ensure_database
from foia_tracker.embedded.redis import Redis

TEXT = (place.REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"roles", "migrate"}
OURS = ("roles", "migrate", "web", "worker", "beat")


def test_it_is_a_compose_file() -> None:
    ComposeSpecification.model_validate(COMPOSE)
    assert set(PyCompose.from_json(json.dumps(COMPOSE)).service_names()) == set(SERVICES)


def test_it_has_what_production_needs() -> None:
    assert set(SERVICES) == {"postgres", "broker", "cache", *OURS, "caddy"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert "noeviction" in SERVICES["broker"]["command"]
    assert SERVICES["broker"]["command"][SERVICES["broker"]["command"].index("--appendonly") + 1] == "yes"
    assert "container_name" not in TEXT, "a named container cannot be scaled"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert "no-new-privileges:true" in service["security_opt"]
    assert int(service["user"].split(":")[0]) > 0
    assert ("healthcheck" in service) != (name in ONCE)
    if name != "caddy":
        assert "ports" not in service, "only Caddy is reached from outside"


def test_the_databases_are_out_of_reach_from_outside() -> None:
    assert COMPOSE["networks"]["data"]["internal"] is True
    for name in ("postgres", "broker", "cache"):
        assert SERVICES[name]["networks"] == ["data"]
    assert "data" not in SERVICES["caddy"]["networks"]


def test_secrets_come_by_file_and_none_has_a_default() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    made = (place.REPOSITORY / "docker" / "make-secrets").read_text(encoding="utf-8")
    for name in COMPOSE["secrets"]:
        role = re.sub(r"_(password|url)$", "", name)
        assert role in made, name
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|KEY", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.removeprefix("/run/secrets/") in service["secrets"], f"{name}: {variable}"
            assert not re.search(r"//[^/@:]+:[^/@]+@", str(value)), f"{name}: a password in {variable}"
            assert ":-" not in str(value), f"{name}: a default for {variable}"


def test_each_service_holds_only_the_secrets_it_reads() -> None:
    for name in OURS:
        service = SERVICES[name]
        read = {
            str(v).removeprefix("/run/secrets/")
            for k, v in service["environment"].items()
            if k.endswith("_FILE")
        }
        assert read == set(service["secrets"]), name
    for name in ("web", "worker", "beat"):
        assert not {"owner_password", "postgres_password"} & set(SERVICES[name]["secrets"])


@pytest.mark.parametrize("name", OURS)
def test_the_environment_is_understood_and_documented(name: str, tmp_path: Path) -> None:
    docs = (place.REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    for variable in SERVICES[name]["environment"]:
        assert f"`{variable.removesuffix('_FILE')}`" in docs, variable
    read = env.read(by_hand(name, tmp_path, broker="redis://x", cache="redis://x"))
    assert read.production
    assert read["DATABASE_URL"].user == ("foia_worker" if name in ("worker", "beat") else "foia_web")
    assert read["DATABASE_URL"].password == "" or name == "roles" or read["DATABASE_PASSWORD"]


def test_no_service_starts_before_the_migration_is_done() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"roles": {"condition": "service_completed_successfully"}}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["worker"]["stop_grace_period"] == "130s", "longer than the hard limit of a task"


def test_the_image_is_small_in_rights() -> None:
    stages = (place.REPOSITORY / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")
    assert len(stages) == 3
    assert all("python:3.13-slim" in stage for stage in stages[1:])
    assert re.search(r"^USER 10001:10001$", stages[-1], re.MULTILINE)
    ignored = (place.REPOSITORY / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "secrets", ".env", "var"} <= set(ignored)


def by_hand(name: str, folder: Path, *, broker: str, cache: str) -> dict[str, str]:
    """The service's environment with what Compose would have done to it."""
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    content = {
        "secret_key": "k" * 30 + "0123456789abcdefghijklmnopqrstuvwxyz",
        "broker_url": broker,
        "cache_url": cache,
        "email_url": "smtp://127.0.0.1:9",
    }
    for secret in COMPOSE["secrets"]:
        (secrets / secret).write_text(content.get(secret, f"of-{secret}"))
    values = {k: str(v) for k, v in SERVICES[name]["environment"].items()}
    for key, value in values.items():
        value = re.sub(r"\$\{TRACKER_DOMAIN[^}]*\}", "records.example.org", value)
        value = re.sub(r"\$\{TRACKER_FROM_EMAIL[^}]*\}", "records@example.org", value)
        values[key] = value.replace("/run/secrets", str(secrets)).replace("/media", str(folder / "media"))
    return values


class Stack:
    """The same commands and environment, on the test cluster instead of the container's."""

    def __init__(self, folder: Path, sockets: str, broker: str, cache: str) -> None:
        self.folder, self.sockets, self.broker, self.cache = folder, sockets, broker, cache
        self.port = free_port()
        self.running: list[subprocess.Popen[bytes]] = []

    def environment(self, name: str) -> dict[str, str]:
        values = by_hand(name, self.folder, broker=self.broker, cache=self.cache)
        for key, value in values.items():
            if key.startswith("DATABASE") and key.endswith("_URL"):
                values[key] = value.replace("@postgres:5432/foia", f"@/compose?host={self.sockets}")
        return {
            **values,
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "foia_tracker.settings",
            "FOIA_REMINDER_SWEEP_SECONDS": "1",
            "FOIA_STATIC_DIR": str(self.folder / "static"),
        }

    def command(self, name: str) -> list[str]:
        words = [str(word) for word in SERVICES[name]["command"]]
        return [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in words]

    def once(self, name: str) -> None:
        done = subprocess.run(
            self.command(name),
            cwd=place.REPOSITORY,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running.append(
                subprocess.Popen(
                    self.command(name),
                    cwd=place.REPOSITORY,
                    env=self.environment(name),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )


@pytest.fixture
def stack(superuser_url: str, tmp_path: Path) -> Iterator[Stack]:
    sockets = superuser_url.split("host=")[1]
    ensure_database(superuser_url, name="compose", owner="postgres")
    short = Path("/tmp") / f"records-compose-{os.getpid()}"
    redis = [Redis(p, tmp_path / p, short / p) for p in ("broker", "cache")]
    servers = []
    with (tmp_path / "redis.log").open("wb") as log:
        for server in redis:
            short.mkdir(exist_ok=True, mode=0o700)
            server.prepare()
            servers.append(server.start(log=log.fileno()))
    made = Stack(tmp_path, sockets, redis[0].url, redis[1].url)
    yield made
    for process in made.running:
        process.send_signal(signal.SIGTERM)
    for process in made.running:
        process.wait(40)
    for process in servers:
        process.kill()
        process.wait()
    shutil.rmtree(short, ignore_errors=True)
    connection = psycopg2.connect(superuser_url)
    connection.autocommit = True
    connection.cursor().execute("drop database compose with (force)")
    connection.close()


def wait_for(true: Any, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.slow
def test_the_same_commands_run_by_hand(stack: Stack) -> None:
    stack.once("roles")
    stack.once("migrate")
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=place.REPOSITORY, env=stack.environment("web"), check=True)
    for name in ("web", "worker", "beat"):
        stack.start(name)

    web = env.read(stack.environment("web"))
    address = f"http://127.0.0.1:{stack.port}"
    wait_for(lambda: alive.web(web, address) is None)
    # Over plain HTTP, past Caddy, a person is sent to HTTPS; Caddy's word for it is believed.
    asked = urllib.request.Request(f"{address}/accounts/login/", headers={"Host": "records.example.org"})
    opener = urllib.request.build_opener(NoRedirect)
    with pytest.raises(urllib.error.HTTPError) as redirect:
        opener.open(asked, timeout=10)
    assert redirect.value.headers["Location"] == "https://records.example.org/accounts/login/"
    asked.add_header("X-Forwarded-Proto", "https")
    with opener.open(asked, timeout=20) as page:
        assert page.status == 200
        assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
        policy = {part.strip() for part in page.headers["Content-Security-Policy"].split(";")}
        assert {"default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'"} <= policy
        assert "script-src 'self'" in policy
        assert not [part for part in policy if "unsafe" in part]
        cookies = page.headers.get_all("Set-Cookie") or []
        assert cookies
        assert all(c.startswith("__Host-") and "Secure" in c for c in cookies)

    worker = env.read(stack.environment("worker"))
    wait_for(lambda: alive.work(worker) is None)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
