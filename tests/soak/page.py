"""Does the page stay fast? Chromium shows the busiest of many worlds, at rest and then under load; prints the costs.

    python tests/soak/page.py [--rounds N] [--seconds N] [--rate N] [--worlds N]

Exit status 1 if the page costs more than allowed. Each figure is measured in several rounds, and the median counts. A
task counts by its CPU time: on a busy machine, its duration is also that of other work. The time until the rows show
has no such measure, so the CPU time of the loading is printed beside it.
"""

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, expect

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from support.browser import Mocked, Watched, chromium, find_chromium, part, rows  # noqa: E402 (found by the line above)
from support.load import send  # noqa: E402
from support.server import Server  # noqa: E402

TOKEN = "busiest-world"
REQUESTS, PICTURES = 1000, 100
WARM_MS, TASK_MS, LOAD_BYTES, LIVE_BYTES, GROWTH = 700, 100, 600_000, 50_000, 0.15
TASK = "ThreadControllerImpl::RunTask"
SETTLED_SECONDS, QUIET_MS = 15, 2000
WATCH = """
    window.shown = null;
    new MutationObserver((_, observer) => {
        if (!document.querySelector('.row')) return;
        requestAnimationFrame(() => setTimeout(() => (window.shown ??= performance.now())));
        observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
"""


@dataclass
class Cost:
    """The costs of one round. warm_cpu_ms: of all loading; task_ms: CPU time and duration of the longest tasks."""

    cold_bytes: int
    warm_ms: float
    warm_cpu_ms: float
    live_bytes: float
    task_ms: tuple[float, float]
    heap: tuple[float, float]

    def __str__(self) -> str:
        return (
            f"rows after {self.warm_ms:.0f} ms warm ({self.warm_cpu_ms:.0f} ms of CPU for all)   "
            f"first load {self.cold_bytes / 1000:.0f} KB   live {self.live_bytes / 1000:.1f} KB/s   "
            f"longest task {self.task_ms[0]:.0f} ms of CPU, {self.task_ms[1]:.0f} ms in all   "
            f"heap {self.heap[0]:.1f} to {self.heap[1]:.1f} MiB"
        )


class Tasks:
    """The tasks of the main thread, in milliseconds of CPU time and of duration."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._browser = browser
        browser.start_tracing(page=page, categories=["toplevel"])

    def end(self) -> tuple[list[float], list[float]]:
        """Stop tracing; return the CPU times and the durations of the tasks."""
        events = json.loads(self._browser.stop_tracing())["traceEvents"]
        main = {
            (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and "RendererMain" in e["args"]["name"]
        }
        tasks = [e for e in events if e["name"] == TASK and (e["pid"], e["tid"]) in main]
        return [e.get("tdur", 0) / 1000 for e in tasks], [e.get("dur", 0) / 1000 for e in tasks]


class Tab:
    """A tab, with the bytes that it receives as they are on the wire."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.received = 0
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.on("Network.dataReceived", self._add)

    def heap(self) -> float:
        """Return the size of the live objects in MiB."""
        self._session.send("HeapProfiler.collectGarbage")
        return float(self._session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    def _add(self, event: dict[str, int]) -> None:
        self.received += event["encodedDataLength"]


def fill(mocked: Mocked, worlds: int) -> None:
    """Open many worlds, and make pictures and requests in one of them."""
    for number in range(worlds):
        send(mocked.origin, f"world-{number:05}", 1)
    mocked.control("PATCH", f"/worlds/{TOKEN}", {"credits": 1_000_000, "daily_limit": 1_000_000})
    for number in range(PICTURES // 10):
        mocked.generate(TOKEN, f"A lighthouse in storm {number}", count=10)
    send(mocked.origin, TOKEN, REQUESTS)


@contextmanager
def traffic(mocked: Mocked, rate: int) -> Iterator[None]:
    """Send the requests of a team: mostly reads, one in ten a generation, one in ten refused, some to new worlds."""
    stop = threading.Event()

    def work() -> None:
        began = time.monotonic()
        for number in count(1):
            if number % 10 == 0:
                mocked.generate(TOKEN, f"A kite above the dunes {number}")
            elif number % 10 == 5:
                mocked.generate(TOKEN, "Too many", count=99)
            else:
                mocked.get("versions", f"newcomer-{began}-{number}" if number % 25 == 1 else TOKEN)
            if stop.wait(max(0.0, began + number / rate - time.monotonic())):
                return

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


def measure(browser: Browser, mocked: Mocked, seconds: float, rate: int) -> Cost:
    """Load the page twice, then leave it under load."""
    with closing(Watched(browser, mocked)) as tabs:
        tab = Tab(tabs.tab(viewport={"width": 1440, "height": 900}))
        tab.page.add_init_script(WATCH)
        tab.page.goto(tabs.address(TOKEN))
        whole(tab.page)
        cold = tab.received
        tasks = Tasks(browser, tab.page)
        tab.page.reload()
        whole(tab.page)
        warm_cpu = sum(tasks.end()[0])
        warm = float(tab.page.evaluate("shown"))
        with traffic(mocked, rate):
            tab.page.wait_for_timeout(SETTLED_SECONDS * 1000)
            before = tab.heap()
            tasks = Tasks(browser, tab.page)
            received, began = tab.received, time.monotonic()
            tab.page.wait_for_timeout(seconds * 1000)
            live = (tab.received - received) / (time.monotonic() - began)
            longest = tuple(max(each, default=0.0) for each in tasks.end())
            after = tab.heap()
        assert tabs.problems == [], tabs.problems
    return Cost(cold, warm, warm_cpu, live, (longest[0], longest[1]), (before, after))


def whole(page: Page) -> None:
    """Wait until everything is loaded."""
    expect(part(page, "count")).to_have_text(f"{REQUESTS:,}", timeout=60_000)
    expect(rows(page).first).to_be_visible()
    expect(page.locator(".gallery img").first).to_have_js_property("complete", True, timeout=60_000)
    page.wait_for_timeout(QUIET_MS)


def failures(costs: list[Cost]) -> Iterator[str]:
    """Yield a sentence for each limit that the median of the rounds exceeds."""

    def median(values: list[float], limit: float, what: str) -> Iterator[str]:
        if statistics.median(values) > limit:
            yield f"{what}: {statistics.median(values):.2f} is more than {limit}"

    yield from median([each.warm_ms for each in costs], WARM_MS, "milliseconds until the rows show")
    yield from median([each.cold_bytes for each in costs], LOAD_BYTES, "bytes of the first load")
    yield from median([each.live_bytes for each in costs], LIVE_BYTES, "bytes a second under load")
    yield from median([each.task_ms[0] for each in costs], TASK_MS, "milliseconds of CPU of the longest task")
    yield from median([each.heap[1] / each.heap[0] - 1 for each in costs], GROWTH, "growth of the heap")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120, help="of load in each round")
    parser.add_argument("--rate", type=int, default=50, help="requests a second")
    parser.add_argument("--worlds", type=int, default=2000)
    arguments = parser.parse_args()
    path = find_chromium()
    if path is None:
        sys.exit("Chromium not found: install it, or set AIIMAGE_CHROMIUM.")
    costs = []
    with Server("--generation-time", "0") as server, closing(Mocked(server)) as mocked, chromium(path) as browser:
        fill(mocked, arguments.worlds)
        print(f"{arguments.worlds} worlds, {REQUESTS} requests, {PICTURES} pictures, {arguments.rate} requests/s")
        for _ in range(arguments.rounds):
            costs.append(measure(browser, mocked, arguments.seconds, arguments.rate))
            print(costs[-1], flush=True)
    found = list(failures(costs))
    print("\n".join(found) or "within all limits")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
