"""A library with a second publication of some laws, as the next release might bring it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from requests_app.laws.registry import DATA

ANCHOR = re.compile(r"(?<=[\s\[,:])([&*])([a-z_]+)(?=[\s,\]}])")
"""A name for a list that is used again; it must be another one in the copy."""


def revised(folder: Path, code: str, *changes: tuple[str, str], revision: int = 2) -> Path:
    """A copy of the shipped laws in which the law's only version has a further revision with these words changed."""
    data = folder / "laws"
    if not data.exists():
        shutil.copytree(DATA, data)
    path = data / "us" / f"{code.removeprefix('us-')}.yaml"
    text = path.read_text(encoding="utf-8")
    head, _, first = text.partition("      - effective_from:")
    again = ("      - effective_from:" + first.split("      - effective_from:")[0]).rstrip() + "\n"
    again = again.replace("revision: 1", f"revision: {revision}", 1)
    again = ANCHOR.sub(rf"\g<0>{revision}", again)
    again = again[: again.index("        examples:")] if "        examples:" in again else again
    for old, new in changes:
        assert old in again, old
        again = again.replace(old, new, 1)
    path.write_text(f"{head}      - effective_from:{first.rstrip()}\n{again}", encoding="utf-8")
    return data
