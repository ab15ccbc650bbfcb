"""The first view of the dashboard on a phone: Chromium at 390 pixels, its processor slowed down to a quarter, nothing
in its cache. What came over the wire, when the largest thing was painted, and how much what was there moved."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Any

from bench._served import sample_served
from bench.result import Result

TURNS, SLOWER = 5, 4
MOST_KB, MOST_SECONDS = 150, 1.5
LOOKED = """() => new Promise(told => {
  const found = {painted: 0, moved: 0};
  new PerformanceObserver(list => { found.painted = list.getEntries().at(-1).startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver(list => { for (const one of list.getEntries()) found.moved += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => told(found), 1500);
})"""


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run([sys.executable, "-m", "bench.phone"], check=True, stdout=subprocess.PIPE, text=True)
    views = json.loads(done.stdout.splitlines()[-1])
    most = max(one["bytes"] for one in views)
    painted = statistics.median(one["painted"] for one in views) / 1000
    moved = max(one["moved"] for one in views)
    return [
        Result(
            "phone, on the wire", f"{most / 1000:.0f} kB", f"≤ {MOST_KB} kB", most <= MOST_KB * 1000,
            ", ".join(
                f"{name.rsplit('/', 1)[-1]} {size / 1000:.1f}"
                for name, size in views[0]["files"].items()
                if not name.startswith("data:")
            ),
        ),
        Result(
            "phone, largest paint", f"{painted:.2f} s", f"≤ {MOST_SECONDS} s", painted <= MOST_SECONDS,
            "of each view: " + ", ".join(f"{one['painted'] / 1000:.2f}" for one in views),
        ),
        Result("phone, layout shift", f"{moved:.3f}", "0", moved == 0),
    ]  # fmt: skip


BENCHES = {"phone": bench}


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.chrome import PHONE, launch

    with sample_served() as (port, _environment), sync_playwright() as playwright:
        browser = launch(playwright)
        views = [_view(browser, f"http://127.0.0.1:{port}/", PHONE) for _turn in range(TURNS + 1)]
        browser.close()
    # The first one finds nothing kept and the server's code cold.
    print(json.dumps(views[1:]))


def _view(browser: Any, address: str, size: dict[str, int]) -> dict[str, Any]:
    context = browser.new_context(viewport=size, device_scale_factor=3, is_mobile=True, has_touch=True)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    named: dict[str, str] = {}
    files: dict[str, int] = {}
    wire.on("Network.responseReceived", lambda on: named.update({on["requestId"]: on["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda on: files.update(
        {named[on["requestId"]].removeprefix(address) or "the page": on["encodedDataLength"]}
    ))  # fmt: skip
    wire.send("Network.enable")
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="networkidle")
    looked: dict[str, Any] = page.evaluate(LOOKED)
    context.close()
    if "the page" not in files:
        raise SystemExit("the page did not come")
    return looked | {"files": files, "bytes": sum(files.values())}


if __name__ == "__main__":
    main()
