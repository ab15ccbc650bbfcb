"""The browser: Debian's Chromium, or the one that CHROMIUM names; never one that is downloaded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright) -> Browser:
    # Chromium has no sandbox of its own as root; the pages are ours.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=chromium(),
        args=[*options, "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"],
    )
