"""The command that opens the desk, and the one that says who may come in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from riwaya.commands.serve import mode_of, state_of
from riwaya.web import page
from riwaya.web.settings import ASSETS, is_loopback
from running import Run


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "127.0.0.1.example.org"])
def test_others_are_not_let_in_without_accounts(run: Run, war: Path, host: str) -> None:
    code, _, err = run("serve", "--ledger", war, "--host", host)
    assert code == 2
    assert "--accounts" in err


def test_accounts_need_somebody_who_has_one(run: Run, war: Path) -> None:
    code, _, err = run("serve", "--ledger", war, "--host", "0.0.0.0", "--accounts")
    assert code == 2
    assert "riwaya users add" in err


@pytest.mark.parametrize(
    "words",
    [
        ("--accounts", "--behind-proxy"),
        ("--behind-proxy",),
        ("--behind-proxy", "--allow-host", "x", "--proxy-role", "king"),
        ("--tiles", "javascript:alert(1)"),
        ("--port", "99999"),
        ("--reader", "nobody"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(run: Run, war: Path, words: tuple[str, ...]) -> None:
    code, _, err = run("serve", "--ledger", war, *words)
    assert code == 2
    assert "Traceback" not in err


def test_who_may_come_in_follows_from_the_options() -> None:
    assert mode_of("127.0.0.1", accounts=False, behind_proxy=False) == "local"
    assert mode_of("0.0.0.0", accounts=True, behind_proxy=False) == "accounts"
    assert mode_of("0.0.0.0", accounts=False, behind_proxy=True) == "proxy"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("x", False),
    ],
)
def test_what_is_this_computer(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_desks_own_file_lies_beside_the_ledger() -> None:
    assert state_of("a/war.sqlite") == Path("a/war.sqlite.desk")
    assert state_of("postgresql://u:p@h/db") == Path("riwaya-desk.sqlite")


def test_accounts_are_made_changed_and_removed(run: Run, war: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    def said(words: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(words))

    said("a long enough password\n")
    assert run("users", "add", "amal", "--role", "admin", "--ledger", war)[0] == 0
    said("a long enough password\n")
    assert run("users", "add", "amal", "--ledger", war)[0] == 2
    said("short\n")
    assert run("users", "add", "basma", "--ledger", war)[0] == 2
    said("another long password\n")
    assert run("users", "add", "basma", "--ledger", war)[0] == 0
    said("yet another long password\n")
    assert run("users", "passwd", "basma", "--ledger", war)[0] == 0
    assert run("users", "role", "basma", "reader", "--ledger", war)[0] == 0
    _, out, _ = run("users", "list", "--ledger", war, "--json")
    assert [(one["name"], one["role"]) for one in map(json.loads, out.splitlines())] == [
        ("amal", "admin"),
        ("basma", "reader"),
    ]
    assert run("users", "remove", "amal", "--ledger", war)[0] == 2  # the last admin
    assert run("users", "remove", "basma", "--ledger", war)[0] == 0
    assert run("users", "remove", "basma", "--ledger", war)[0] == 2
    assert run("users", "list", "--ledger", war)[1].count("\n") >= 1


def test_it_serves_until_it_is_ended(war: Path) -> None:
    command = [sys.executable, "-m", "riwaya", "serve", "--ledger", str(war), "--port", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        try:
            assert process.stdout
            url = json.loads(process.stdout.readline())["url"]
            assert url.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(f"{url}api/v1/health", timeout=30) as answer:
                assert json.load(answer)["status"] == "ok"
            request = urllib.request.Request(f"{url}api/v1/health", headers={"Host": "evil.example"})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=30)
            refused.value.close()
            assert refused.value.code == 421
        finally:
            process.terminate()
            _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert (page.HOW in err) != page.there(ASSETS)


def test_a_port_that_is_taken_is_said(run: Run, war: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = run("serve", "--ledger", war, "--port", taken.getsockname()[1])
    assert code == 2
    assert "in use" in err


def test_the_demo_without_a_terminal_says_where_things_lie_and_ends(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("demo", "--out", tmp_path / "demo")
    assert code == 0
    assert "riwaya serve --ledger" in out
    assert (tmp_path / "demo" / "demo.html").is_file()
