"""Every page, as the public and as a member: readable by everybody, within its window, from our server only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from tests.walls.declared import modules
from tests.walls.matrix import POST_ONLY, routes

from .conftest import Open
from .living import refused_and_appealed, wave_in_the_making
from .tree import Site
from .walking import RUTH, SAM
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Of one route, the first few addresses: lists and details differ by their rows, not by their kind.
OF_ONE_ROUTE = {"event-new": 40, "request": 4, "law": 5, "requests": 2, "dashboard": 3}
# Files, answers for programs, and addresses that only take a form: told from the URLconf and from what is declared.
FILES = (".csv", ".pdf", ".json", ".ics", ".svg", ".png")
FOR_PROGRAMS = ("api-", "healthz", "metrics", "news", "robots", "sitemap", "data-")
POSTED = {
    name for module in modules() for name, (answers, _others) in module.EXPECTED.items() if answers == POST_ONLY
}
NO_PAGE = POSTED | {
    route.name
    for route in routes()
    if route.path.endswith(FILES) or route.name.startswith(FOR_PROGRAMS)
}
NO_PAGE |= {
    "session-end", "invitation-act", "mfa_download_recovery_codes", "mfa_login_webauthn", "organisation-switch",
    "theme", "archive-file", "document-file",
    "letter-draft", "remedy-redraft", "remedy-drop", "remedy-cost", "remedy-cost-back", "remedy-letter",
}  # fmt: skip
# Seen in other tests, or only with a letter's link, or after a step that nobody takes here.
ELSEWHERE = {
    "second-factor", "requester", "webhook", "invitation", "coalition-invitation", "guest-link", "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_index",
    *(route.name for route in routes() if route.name.startswith("admin:")),
    "import", "event-retract", "revision", "account_confirm_email", "account_reset_password_from_key",
    "account_confirm_login_code", "account_set_password", "account_signup",
    "note", "request-comment", "campaign-comment", "proposal", "proposal-event", "proposal-letter",
    "proposal-document", "proposal-file", "note-withdraw", "statement-new", "center-claim", "center-claims",
    "contact-strike", "bulk-act", "requests-bulk", "letter-attachment", "own-kit", "own-kit-preview",
    "reminder-link", "reminder-answer", "look",
    "embed-figure", "embed-campaign", "embed-request",  # no page links to what stands in others
    "break-glass", "production-pages", "request-inside", "remedy-file", "remedy-order", "remedy-order-met",
}  # fmt: skip
BY_NAME = (
    "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/done/",
    "/accounts/inactive/", "/accounts/confirm-email/", "/accounts/login/", "/accounts/email/",
    "/accounts/password/change/", "/accounts/reauthenticate/", "/accounts/logout/",
    "/calculator/?law=us-il&received=2017-02-10",
    "/calculator/?law=us-ny&received=2026-03-02&on=2026-03-20", "/calculator/?law=us-il&received=2017-02-30",
    "/laws/?silence=denied&sort=-window", "/laws/?silence=maybe", "/laws/us-tx/", "/laws/us-tx/?year=2027",
    "/?population=log", "/requests/?q=nothing+of+this+name", "/search/?q=plate", "/nothing-here/",
)  # fmt: skip


# The same for everybody but for the menu, which is on every page.
SAME_FOR_ALL = {"laws", "law", "law-print", "law-report", "calculator", "404"}
# Not the organization's work: anybody may say that a law is wrong, and what is one's own everybody may change.
OPEN_TO_ALL = {"law-report", "request-views", "feeds", "organisation-new", "organisation-leave", "usersessions_list"}
OPEN_TO_ALL |= {
    "inbox", "absence", "reminder-answer", "digest-unsubscribe", "personal-reminding", "personal-reminder-rule",
    "report-page",
}  # fmt: skip
OPEN_TO_ALL |= {route.name for route in routes() if route.name.startswith(("account_", "mfa_"))}
# The forms of events share their fields; these together have each of them once.
FORMS_WITH_ALL_FIELDS = ("acknowledged", "extension_noticed", "determined", "override", "clarification_asked")


def route_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return "404"


def addresses(page: Page, *first: str) -> dict[str, str]:
    """Every page that links lead to, from the dashboard on: address → name of its route."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    waiting = ["/", *first, *BY_NAME]
    for address in waiting:
        name = route_of(address)
        if name in NO_PAGE or address in found:
            continue
        if address not in BY_NAME and counts.get(name, 0) >= OF_ONE_ROUTE.get(name, 2):
            continue
        counts[name] = counts.get(name, 0) + 1
        found[address] = name
        page.goto(address)
        hrefs = page.locator("a[href]").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        waiting += [href.partition("#")[0] for href in hrefs if href.startswith("/")]
    return found


@pytest.fixture(scope="module")
def known(browser: Browser, site: Site) -> dict[str, dict[str, str]]:
    return {}


@pytest.fixture
def walked(known: dict[str, dict[str, str]], opened: Open) -> Any:
    def walk(email: str) -> dict[str, str]:
        if email not in known:
            page = opened(email, js=True)
            at_work = email == RUTH and {**refused_and_appealed(page), **wave_in_the_making(page)}
            known[email] = addresses(page, *(urlsplit(one).path for one in (at_work or {}).values()))
        return known[email]

    return walk


@pytest.mark.parametrize("email", ["", RUTH], ids=["public", "Ruth"])
@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["1280 light", "390 dark"])
def test_every_page_can_be_used_by_everybody(
    opened: Open, walked: Any, email: str, phone: bool, dark: bool
) -> None:
    page = opened(email, phone=phone, dark=dark, js=True)
    wrong = {}
    for address, name in walked(email).items():
        if email and name in SAME_FOR_ALL:
            continue
        page.goto(address)
        found = too_wide(page)
        if name != "event-new" or address.rstrip("/").endswith(FORMS_WITH_ALL_FIELDS):
            found += barriers(page)
        if page.locator("script:not([src^='/static/']):not([type$='json'])").count():
            found.append("has a script of its own")
        if found:
            wrong[address] = found
    assert wrong == {}


def test_no_page_is_left_out(walked: Any) -> None:
    seen = set(walked("").values()) | set(walked(RUTH).values())
    left_out = {route.name for route in routes()} - NO_PAGE - ELSEWHERE - seen
    assert not left_out, ", ".join(sorted(left_out))


def test_who_may_only_read_is_shown_no_form_that_writes(opened: Open, walked: Any) -> None:
    page = opened(SAM)
    writing = []
    for address, name in walked(RUTH).items():
        answer = page.goto(address)
        assert answer is not None
        if name in ("event-new", "request-new", "imports", "import-new"):
            assert answer.status == 404, address
        elif name not in OPEN_TO_ALL:
            # The choice of colors is everybody's.
            forms = page.locator("form[method=post]:not(.theme)").count()
            links = page.locator('a[href*="/log/"], a[href*="/retract/"], a[href="/requests/new/"]').count()
            if forms or links:
                writing.append(address)
    assert writing == []


def test_the_instruments_see_what_is_wrong(opened: Open) -> None:
    page = opened(phone=True, js=True)
    page.set_content(
        '<main><img src="data:,"><p style="color:#999;background:#aaa">Pale words on a pale ground</p></main>'
    )
    assert {line.partition(":")[0] for line in barriers(page)} >= {"image-alt", "color-contrast"}
    page.set_content('<main style="width:600px">wide</main>')
    assert too_wide(page)


@pytest.mark.parametrize(
    "address", ["/", "/laws/", "/laws/us-il/", "/calculator/?law=us-il&received=2017-02-10"]
)
def test_a_page_can_be_printed(opened: Open, address: str) -> None:
    page = opened()
    page.goto(address)
    page.emulate_media(media="print")
    assert not page.locator("header.top nav").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    assert len(page.screenshot(full_page=True)) > 50_000
    assert len(page.pdf(format="Letter")) > 20_000
