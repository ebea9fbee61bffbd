"""Desks that are served for the tests, and what a page on one must never do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any
from urllib.request import urlopen

import riwaya

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
    found = next(
        (name for name in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(name).exists()), ""
    )
    return found or shutil.which("chromium") or shutil.which("chromium-browser") or ""


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
    command = [
        sys.executable,
        "-m",
        "riwaya",
        "serve",
        "--ledger",
        str(ledger),
        "--port",
        "0",
        "--json",
        *options,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment()
    )
    assert process.stdout
    desk = Desk(json.loads(process.stdout.readline())["url"].rstrip("/"), ledger, process)
    for _ in range(PATIENCE // 250):  # the address is said a moment before somebody answers
        with suppress(OSError), urlopen(f"{desk.url}/api/v1/health"):
            return desk
        sleep(0.25)
    raise AssertionError(f"nobody answers at {desk.url}")


def ended(desk: Desk) -> None:
    """End a desk."""
    desk.process.terminate()
    desk.process.communicate(timeout=20)


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
