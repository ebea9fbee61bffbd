from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import riwaya
from riwaya.web import assets
from riwaya.web.settings import ASSETS

sync_api = pytest.importorskip("playwright.sync_api")

SHOTS = Path(__file__).with_name("shots")
DEMO = Path(riwaya.__file__).parent / "demo" / "reports.jsonl"
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LOCALES = {"ar": "ar-SY", "en": "en-GB"}
PASSWORD = "ten horses and a well"
PEOPLE = {"amal": "reviewer", "badr": "reviewer", "rana": "admin", "zeid": "reader"}
PATIENCE = 30_000  # ms: a machine that builds other things at the same time is slow, not wrong
GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def chromium() -> str:
    """Debian's Chromium, or one on the path."""
    found = next((name for name in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(name).exists()), "")
    return found or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say why nothing of this folder runs where there is no browser, or no desk to show."""
    here = Path(__file__).parent
    reason = ""
    if not chromium():
        reason = "there is no chromium"
    elif not assets.there(ASSETS):
        reason = "the desk is not built: make desk"
    for item in items:
        if here in item.path.parents and reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass
class Desk:
    """A desk that is served, and where."""

    url: str
    ledger: Path
    process: subprocess.Popen[str]


def riwaya_(*words: object, given: str = "") -> str:
    """Run a command of riwaya; what it printed."""
    command = [sys.executable, "-m", "riwaya", *map(str, words)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """This process's, with the package that is tested first."""
    return os.environ | {"PYTHONPATH": str(Path(riwaya.__file__).parents[1]), "RIWAYA_LEDGER": ""}


def served(ledger: Path, *options: str) -> Desk:
    """Serve a ledger on a free port."""
    command = [sys.executable, "-m", "riwaya", "serve", "--ledger", str(ledger), "--port", "0", "--json", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
    assert process.stdout
    return Desk(json.loads(process.stdout.readline())["url"].rstrip("/"), ledger, process)


def ended(desk: Desk) -> None:
    """End a desk."""
    desk.process.terminate()
    desk.process.communicate(timeout=20)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with the reports of the demo."""
    ledger = tmp_path_factory.mktemp("desk") / "war.sqlite"
    riwaya_("add", DEMO, "--ledger", ledger)
    return ledger


@pytest.fixture(scope="session")
def desk(filled: Path) -> Iterator[Desk]:
    """The demo's ledger for whoever sits at this computer."""
    made = served(filled)
    yield made
    ended(made)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The demo's ledger for those with an account."""
    ledger = tmp_path_factory.mktemp("house") / "war.sqlite"
    riwaya_("add", DEMO, "--ledger", ledger)
    for name, role in PEOPLE.items():
        riwaya_("users", "add", name, "--role", role, "--ledger", ledger, given=f"{PASSWORD}\n")
    made = served(ledger, "--accounts")
    yield made
    ended(made)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=GL)
    yield launched
    launched.close()


@dataclass
class Watched:
    """What a page must never do."""

    base: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def look(self, page: Any) -> None:
        """Note every request that leaves the desk, every refusal of its policy, every error."""
        page.on("request", lambda request: self.asked(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.said(message.text))
        page.on("dialog", lambda dialog: (self.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def asked(self, url: str) -> None:
        if not url.startswith((f"{self.base}/", "data:", f"blob:{self.base}")):
            self.outside.append(url)

    def said(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused to" in text:
            self.errors.append(text)


Opener = Callable[..., Any]


@pytest.fixture
def opened(browser: Any) -> Iterator[Opener]:
    """Opens pages, and holds them to what they must never do."""
    contexts: list[Any] = []
    watched: list[Watched] = []

    def opening(
        desk: Desk, path: str = "/", *, lang: str = "ar", size: str = "desktop", dark: bool = False, by: Any = None
    ) -> Any:
        context = (by or browser).new_context(
            viewport=SIZES[size],
            locale=LOCALES[lang],
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            accept_downloads=True,
            has_touch=size == "phone",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watched.append(Watched(desk.url))
        watched[-1].look(page)
        page.goto(desk.url + path)
        return page

    yield opening
    for context in contexts:
        context.close()
    for one in watched:
        assert one.outside == []
        assert one.errors == []


@pytest.fixture(scope="session")
def shot() -> Callable[[Any, str], None]:
    """Keeps a picture of a page; they are looked at by people."""
    SHOTS.mkdir(exist_ok=True)

    def shooting(page: Any, name: str) -> None:
        page.screenshot(path=SHOTS / f"{name}.png")

    return shooting
