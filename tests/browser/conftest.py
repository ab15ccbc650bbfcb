"""Chromium before the whole tree that `bin/run` starts. Pages need no JavaScript, so most walks have none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from . import tree
from .chrome import DESK, PHONE, chromium, launch
from .walking import sign_in
from .watching import Watch

NO_CHROMIUM = "There is no Chromium: install it, or name it with CHROMIUM. The pages were not looked at."
Open = Callable[..., Page]
# A slow machine is slow and not wrong: nothing here passes or fails by its speed.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def site(testrun_uid: str) -> Iterator[tree.Site]:
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_CHROMIUM, pytrace=False)
        pytest.skip(NO_CHROMIUM)
    with tree.shared(testrun_uid) as site:
        yield site


# Not for the session: while Playwright's loop runs in this thread, Django refuses its database to every other test.
@pytest.fixture(scope="module")
def browser(site: tree.Site) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture(scope="module")
def kept_sign_ins() -> dict[str, Any]:
    return {}


@pytest.fixture
def opened(browser: Browser, site: tree.Site, kept_sign_ins: dict[str, Any]) -> Iterator[Open]:
    """opened(email=…, phone=…, dark=…, js=…) is a page; what it said or fetched is judged at the end."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_(email: str = "", *, phone: bool = False, dark: bool = False, js: bool = False) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            locale="en-US",
            reduced_motion="reduce",
            java_script_enabled=js,
            base_url=site.address,
            storage_state=kept_sign_ins.get(email),
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watches.append(Watch(page, site.address))
        if email and email not in kept_sign_ins:
            sign_in(page, site.address, email, site.password(email))
            kept_sign_ins[email] = context.storage_state()
        return page

    yield open_
    for context in contexts:
        context.close()
    said = [line for watch in watches for line in watch.said]
    assert said == []
