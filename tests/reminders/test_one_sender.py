"""One module hands mail to a mail server: whoever else could would have to keep the journal too."""

from __future__ import annotations

import ast
from pathlib import Path

SENDER = Path("requests_app/notices/outbox.py")
ROOT = Path(__file__).resolve().parent.parent.parent
MAILERS = ("smtplib", "django.core.mail", "aiosmtplib", "anymail")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_only_the_outbox_sends_mail() -> None:
    senders = {
        path.relative_to(ROOT)
        for path in (ROOT / "requests_app").rglob("*.py")
        if any(
            name == mailer or name.startswith(f"{mailer}.") for name in imported(path) for mailer in MAILERS
        )
    }
    assert senders == {SENDER}
