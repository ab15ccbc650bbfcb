"""What a page must not do, whatever the test is about: complain to the console, or ask another server."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, Response

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Wider than the window, and not inside something that scrolls by itself.
TOO_WIDE = """
() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth)
    found.push(`the page: ${root.scrollWidth} of ${root.clientWidth} pixels`);
  const scrolls = e => { for (let p = e; p && p !== document.body; p = p.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return true; return false; };
  for (const e of document.querySelectorAll('body *')) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || box.right <= root.clientWidth + 1 || scrolls(e) || e.closest('svg')) continue;
    const style = getComputedStyle(e);
    if (style.clipPath !== 'none' || style.clip !== 'auto') continue;
    found.push(`${e.tagName.toLowerCase()}.${e.className}: ends at ${Math.round(box.right)}`);
  }
  return found.slice(0, 5);
}
"""


class Watch:
    def __init__(self, page: Page, address: str) -> None:
        self.said: list[str] = []
        self._address = address
        self._refused: set[str] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # A date that exists in no calendar is shown again as it was sent; browsers leave the field empty.
        if "does not conform to the required format" in message.text:
            return
        # Chromium says so of every page that answers 400 or 404; the test itself looks at those.
        if message.text.startswith("Failed to load resource") and message.location["url"] in self._refused:
            return
        self.said.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._address}/", "data:")):
            self.said.append(f"asked another server: {request.url}")

    def _response(self, response: Response) -> None:
        # 409: a script's save met somebody else's; the page tells it, and the test looks at that.
        if response.status == 409 or (response.status >= 400 and response.request.is_navigation_request()):
            self._refused.add(response.url)
        elif response.status >= 400:
            self.said.append(f"{response.status}: {response.url}")


def too_wide(page: Page) -> list[str]:
    page.wait_for_load_state()
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def barriers(page: Page) -> list[str]:
    """What axe finds, one line a place. Only for a page opened with js=True: without scripts its promise never ends."""
    page.wait_for_load_state()
    found: dict[str, Any] = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    return [
        f"{rule['id']}: {node['target'][0]} {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]
