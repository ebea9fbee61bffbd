from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import (
    DEMO,
    GL,
    LOCALES,
    PASSWORD,
    PATIENCE,
    PEOPLE,
    SHOTS,
    SIZES,
    Desk,
    Watched,
    chromium,
    ended,
    riwaya_,
    served,
)
from playwright.sync_api import expect, sync_playwright

from riwaya.web.settings import ASSETS

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say why nothing of this folder runs where there is no browser, or no desk to show."""
    here = Path(__file__).parent
    reason = ""
    if not chromium():
        reason = "there is no chromium"
    elif not (ASSETS / "index.html").is_file():
        reason = "the desk is not built: make desk"
    for item in items:
        if here in item.path.parents and reason:
            item.add_marker(pytest.mark.skip(reason=reason))


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
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=GL)
    yield launched
    launched.close()


Opener = Callable[..., Any]


@pytest.fixture
def opened(browser: Any) -> Iterator[Opener]:
    """Opens pages, and holds them to what they must never do."""
    contexts: list[Any] = []
    watched: list[Watched] = []

    def opening(
        desk: Desk,
        path: str = "/",
        *,
        lang: str = "ar",
        size: str = "desktop",
        dark: bool = False,
        by: Any = None,
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
