"""The example of docs/embeds.md, served by somebody else, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .tree import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EXAMPLE = Path(__file__).parents[2] / "docs" / "embed-example.html"


@pytest.fixture
def elsewhere(site: Site, tmp_path: Path) -> Iterator[str]:
    """A server of its own, by another name: another origin and another site."""
    text = EXAMPLE.read_text(encoding="utf-8").replace("https://records.example", site.address)
    plain = f'<iframe src="{site.address}/" title="A page that is not offered"></iframe>'
    (tmp_path / "article.html").write_text(text, encoding="utf-8")
    (tmp_path / "framed.html").write_text(plain, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_example_shows_its_figures_from_another_origin(browser: Browser, elsewhere: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{elsewhere}article.html")
    frame = page.frame_locator("iframe >> nth=0")
    expect(frame.locator("h1")).to_contain_text("What was answered when the public asked")
    expect(frame.locator("dl.stats dt").first).to_be_visible()
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("one => one.naturalWidth") > 100
    assert context.cookies() == []
    page.goto(f"{elsewhere}framed.html")
    expect(page.frame_locator("iframe").locator("main")).to_have_count(0)
    context.close()
