"""The desk in a browser: the first map, a step of the slider, a search, a jump in the table of claims.

    python -m bench.desk 0 100000

Times are taken by the browser itself (Debian's Chromium, drawing with the processor) over the reports of
the demo (0) or over a ledger made as for ``bench.conclusions``: ten claims a report, 2000 towns, a year.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any
from urllib.request import urlopen

from bench.conclusions import AT_ONCE, CUSTODY, made
from riwaya import demo
from riwaya.events.knowledge import Knowledge
from riwaya.kept import Kept
from riwaya.ledger import Ledger, open_ledger
from riwaya.model import Claim, PlaceMention
from riwaya.packs.pack import load_packs

GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
STEPS = f"""async () => {{
  const slider = document.querySelector('.clocks input[type=range]');
  const times = [];
  for (let step = 1; step <= 12; step++) {{
    const began = performance.now();
    slider.value = String(Math.max(0, Number(slider.max) - step));
    slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
    await {FRAME};
    times.push(performance.now() - began);
  }}
  return times;
}}"""
SEARCH = f"""async (q) => {{
  const field = document.getElementById('find');
  field.value = q;
  field.dispatchEvent(new Event('input', {{ bubbles: true }}));
  const began = performance.now();
  field.form.requestSubmit();
  const title = () => document.querySelector('h1 .quote')?.textContent;
  const there = () => title() === q && document.querySelector('main .panel');
  while (!there()) await {FRAME};
  return performance.now() - began;
}}"""
JUMP = f"""async (share) => {{
  const table = document.querySelector('.table');
  const began = performance.now();
  table.scrollTop = (table.scrollHeight - table.clientHeight) * share;
  await {FRAME};
  const filled = () => {{
    const box = table.getBoundingClientRect();
    return [...table.querySelectorAll('.body .cells')].some((row) => {{
      const at = row.getBoundingClientRect();
      return at.top > box.top + 40 && at.bottom < box.bottom && row.querySelector('a');
    }});
  }};
  while (!filled()) await {FRAME};
  return performance.now() - began;
}}"""


def fill(ledger: Ledger, claims: int) -> None:
    """A made ledger, with places where they lie, concluded."""
    pack = load_packs()
    where = {row.id: row for row in pack.places}
    knowledge = Knowledge.of(pack)
    ahead = made(claims // 10, knowledge)
    while some := list(islice(ahead, AT_ONCE)):
        items = [(report, [lying(one, where) for one in told], CUSTODY) for report, told in some]
        with ledger.engine.begin() as connection:
            ledger._insert(connection, items)
    Kept(ledger, knowledge).refresh()


def lying(claim: Claim, where: Mapping[str, Any]) -> Claim:
    """A claim whose places lie somewhere and have names."""
    return replace(claim, place=tuple(put(at, where[at.id]) for at in claim.place if at.id in where), id="")


def put(place: PlaceMention, row: Any) -> PlaceMention:
    """A mention with the point and the names of its place."""
    names = {"label_ar": row.name_ar, "label_en": row.name_en, "name": row.name_ar}
    return replace(place, lat=row.lat, lon=row.lon, **names)


def measure(ledger: Path) -> dict[str, Any]:
    """What the browser says, in milliseconds."""
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "riwaya", "serve", "--ledger", str(ledger), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served, sync_playwright() as running:
        assert served.stdout
        url = json.loads(served.stdout.readline())["url"].rstrip("/")
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=GL)
        try:
            answered(url)
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
            page.set_default_timeout(300_000)
            firsts = [first_map(page, url) for _ in range(4)]
            page.wait_for_selector(".clocks input[type=range]")
            page.wait_for_load_state("networkidle")
            steps = page.evaluate(STEPS)
            searches = [page.evaluate(SEARCH, q) for q in ("حمص", "بالحديدة", "كلمة12", "كلمة77 كلمة5")]
            page.goto(f"{url}/claims")
            page.wait_for_selector(".body .cells a")
            jumps = [page.evaluate(JUMP, share) for share in (0.5, 0.9, 0.1, 0.7)]
        finally:
            browser.close()
            served.terminate()
    return {
        "first_map_cold": round(firsts[0]),
        "first_map": round(median(firsts[1:])),
        "slider_step": round(median(steps)),
        "slider_step_most": round(max(steps)),
        "search": round(median(searches)),
        "search_most": round(max(searches)),
        "table_jump": round(median(jumps)),
    }


def answered(url: str) -> None:
    """Wait until somebody answers: the address is said a moment before."""
    for _ in range(240):
        with suppress(OSError), urlopen(f"{url}/api/v1/health"):
            return
        sleep(0.25)


def first_map(page: Any, url: str) -> float:
    """From asking for the page to its first map, states and all."""
    page.goto(url + "/")
    page.wait_for_function("() => performance.getEntriesByName('riwaya:first-map').length > 0")
    return float(page.evaluate("() => performance.getEntriesByName('riwaya:first-map')[0].startTime"))


def main(sizes: list[str]) -> None:
    """Each ledger's figures, one line each."""
    for size in map(int, sizes or ["0"]):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.sqlite"
            if size:
                with open_ledger(path) as ledger:
                    fill(ledger, size)
            else:
                reports = Path(demo.__file__).with_name("reports.jsonl")
                add = [sys.executable, "-m", "riwaya", "add", str(reports), "--ledger", str(path)]
                subprocess.run(add, check=True, stdout=subprocess.DEVNULL)
            print({"claims": size or "demo", **measure(path)}, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
