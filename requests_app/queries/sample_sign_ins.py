"""Sign-ins of the sample, as the first run keeps them: made there, printed, shown to this machine, known nowhere else.

The file is read by nobody but the user who runs the server. Without it, and in production, there are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

LINE = re.compile(r"(?P<email>\S+)  (?P<password>\S+)  \((?P<name>.+), (?P<role>\w+) of (?P<organisation>.+)\)")


@dataclass(frozen=True, slots=True)
class SampleSignIn:
    email: str
    password: str
    name: str
    role: str
    organisation: str

    def __str__(self) -> str:
        return f"{self.email}  {self.password}  ({self.name}, {self.role} of {self.organisation})"


def file() -> Path:
    return Path(settings.VAR_DIR) / "sample-sign-ins.txt"


def are_kept() -> bool:
    return not settings.PRODUCTION and file().exists()


def kept() -> list[SampleSignIn]:
    """In the order in which they were made, by organization. A line of another form is left out."""
    lines = file().read_text(encoding="utf-8").splitlines() if are_kept() else []
    return [SampleSignIn(**found.groupdict()) for line in lines if (found := LINE.fullmatch(line.strip()))]
