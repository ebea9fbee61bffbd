"""A desk over the demo's reports, and a browser that keeps its session as a page would."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

from riwaya.claims import READERS
from riwaya.ledger import open_ledger
from riwaya.packs.pack import load_packs
from riwaya.web.app import create_app
from riwaya.web.house import House
from riwaya.web.settings import Settings
from riwaya.web.state import State

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

API = "/api/v1"


class Browser:
    """One person's browser: its cookie and its token."""

    def __init__(self, app: Any, address: str = "127.0.0.1", **headers: str) -> None:
        self.client = TestClient(
            app, base_url="http://localhost", client=(address, 40000), raise_server_exceptions=False
        )
        self.client.headers.update(headers)
        self.token = ""

    def open(self) -> Browser:
        """Ask who we are, as a page does first."""
        self.token = self.get("/session").json()["csrf"]
        return self

    def sign_in(self, name: str, password: str) -> Any:
        """Sign in, and take the new token."""
        answer = self.post("/session", {"name": name, "password": password})
        if answer.status_code == 200:
            self.token = answer.json()["csrf"]
        return answer

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(API + path, **more)

    def json(self, path: str, **params: Any) -> Any:
        """What an address says; it must be there."""
        answer = self.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, method: str = "POST", **more: Any) -> Any:
        headers = {"X-Riwaya-CSRF": self.token} | more.pop("headers", {})
        return self.client.request(method, API + path, json=body, headers=headers, **more)

    def decide(self, kind: str, *claims: str, status: int = 201, **body: Any) -> Any:
        """Decide about claims as they stand now."""
        seen = {id: self.json(f"/claims/{id}")["review"]["version"] for id in claims}
        answer = self.post("/decisions", {"kind": kind, "claims": list(claims), "seen": seen} | body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def finished(self, answer: Any) -> Any:
        """A job once it is done."""
        assert answer.status_code == 202, answer.text
        id = answer.json()["job"]["id"]
        for _ in range(600):
            job = self.json(f"/jobs/{id}")
            if job["state"] in ("done", "failed"):
                return job
            time.sleep(0.05)
        raise AssertionError(job)


def house_over(path: Path, **settings: Any) -> House:
    """Everything a desk over a ledger is made of."""
    state = State(settings.pop("state", None))
    chosen = Settings(**{"author": "amal", "assets": path.parent / "assets", **settings})
    return House(open_ledger(path), load_packs(), READERS[0], chosen, state, str(path))


def app_over(path: Path, **settings: Any) -> Any:
    """The application over a ledger."""
    return create_app(house_over(path, **settings))
