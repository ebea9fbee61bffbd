"""Who may come in, what is refused, and that report texts stay text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desking import API, Browser, app_over, house_over
from riwaya.web.app import create_app
from riwaya.web.safety import Limiter, policy
from riwaya.web.state import AccountError, State

HOSTILE = (
    "<script>alert(1)</script> سيطرت فصائل المعارضة السورية على مدينة حمص <img src=x onerror=alert(1)>\n"
    "\"' --> </textarea></title></script> {{7*7}} ${7*7} javascript:alert(1) \u202eقلب\u202c \u0000 😀\n"
    "'; DROP TABLE claims; -- وقال المرصد السوري لحقوق الإنسان إن الجيش انسحب من حماة.\n"
)
PASSWORD = "a long enough password"


@pytest.fixture
def desk(war: Path) -> Iterator[Browser]:
    browser = Browser(app_over(war))
    with browser.client:
        yield browser.open()


@pytest.fixture
def guarded(war: Path) -> Iterator[Any]:
    """A desk with an account of each role."""
    house = house_over(war, mode="accounts", hosts=frozenset())
    for role in ("reader", "reviewer", "admin"):
        house.state.add_user(role, PASSWORD, role)
    app = create_app(house)
    with Browser(app).client:
        yield app


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert "Traceback" not in answer.text
    return answer.status_code, said["type"]


def test_every_answer_keeps_the_page_to_itself(desk: Browser) -> None:
    for path in ("/", f"{API}/meta", f"{API}/nothing", "/assets/none.js", f"{API}/claims?cursor=x"):
        headers = desk.client.get(path).headers
        assert headers["content-security-policy"] == policy()
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in policy()
    assert not re.search(r"https?:|\*", policy())
    assert "frame-ancestors 'none'" in policy()
    assert "https://tiles.example" in policy("https://tiles.example/{z}/{x}/{y}.png")
    assert policy("/tiles/base.pmtiles") == policy()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil", "[::2]:80"])
def test_another_name_for_this_computer_is_refused(desk: Browser, host: str) -> None:
    assert problem(desk.get("/meta", headers={"host": host})) == (421, "riwaya:host")
    assert desk.client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8420", "127.0.0.1:1", "[::1]:8420", "LOCALHOST"])
def test_its_own_names_are_answered(desk: Browser, host: str) -> None:
    assert desk.get("/health", headers={"host": host}).status_code == 200


def writing(desk: Browser) -> list[tuple[str, str, Any]]:
    claim = desk.json("/claims")["items"][0]["id"]
    return [
        ("POST", "/decisions", {"kind": "accept", "claims": [claim], "seen": {claim: ""}}),
        ("POST", "/decisions/none/withdraw", {}),
        ("POST", "/texts", {"text": "نص"}),
        ("POST", "/try", {"text": "نص"}),
        ("POST", "/uploads?name=x", None),
        ("POST", "/addresses", {"url": "https://example.org/a"}),
        ("PUT", "/session", {"name": "eve"}),
        ("DELETE", "/session", None),
        ("POST", "/users", {"name": "eve", "password": PASSWORD, "role": "admin"}),
        ("PUT", "/users/reader", {"role": "admin"}),
        ("DELETE", "/users/reader", None),
    ]


def test_nothing_is_written_without_the_token(desk: Browser) -> None:
    other = Browser(desk.client.app).open()
    for method, path, body in writing(desk):
        for token in ("", "x", other.token, desk.token[:-1], "ة" * 64):
            headers = {"X-Riwaya-CSRF": token.encode()} if token else {}
            answer = desk.client.request(method, API + path, json=body, headers=headers)
            assert problem(answer) == (403, "riwaya:csrf"), (path, token)
    assert desk.json("/decisions")["total"] == 0
    assert desk.json("/reports")["total"] == 17


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_page_writes_nothing(desk: Browser, headers: dict[str, str]) -> None:
    for method, path, body in writing(desk):
        assert problem(desk.post(path, body, method=method, headers=headers)) == (403, "riwaya:csrf")


def test_the_cookie_is_for_this_site_and_not_for_scripts(desk: Browser) -> None:
    cookie = Browser(desk.client.app).get("/session").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_without_an_account_nothing_is_told(guarded: Any) -> None:
    stranger = Browser(guarded).open()
    assert stranger.json("/session")["user"] is None
    paths = {
        path.removeprefix(API).replace("{id}", "x").replace("{name}", "x")
        for path, methods in stranger.json("/openapi.json")["paths"].items()
        if "get" in methods
    }
    for path in paths - {"/session", "/health"}:
        assert problem(stranger.get(path, params={"at": "2024-12-08", "with": "2024-12-01"})) == (
            401,
            "riwaya:signin",
        ), path
    assert problem(stranger.post("/try", {"text": "نص"})) == (401, "riwaya:signin")
    assert stranger.client.get("/").status_code == 200  # the page with the sign-in form


def test_roles_do_what_they_may(guarded: Any) -> None:
    people = {role: Browser(guarded).open() for role in ("reader", "reviewer", "admin")}
    for role, person in people.items():
        assert person.sign_in(role, PASSWORD).status_code == 200
        assert person.json("/session")["user"] == {"name": role, "role": role}
    claim = people["reader"].json("/claims")["items"][0]["id"]
    body = {"kind": "accept", "claims": [claim], "seen": {claim: ""}}
    assert problem(people["reader"].post("/decisions", body)) == (403, "riwaya:role")
    assert problem(people["reader"].post("/texts", {"text": "نص"})) == (403, "riwaya:role")
    assert problem(people["reader"].get("/audit")) == (403, "riwaya:role")
    assert people["reviewer"].post("/decisions", body).status_code == 201
    assert problem(people["reviewer"].get("/users")) == (403, "riwaya:role")
    new = {"name": "eve", "password": PASSWORD, "role": "admin"}
    assert problem(people["reviewer"].post("/users", new)) == (403, "riwaya:role")
    assert people["admin"].post("/users", new).status_code == 201
    acts = [(one["who"], one["act"]) for one in people["admin"].json("/audit")["items"]]
    assert ("reviewer", "decide accept") in acts
    assert ("admin", "users add") in acts
    assert not any(PASSWORD in json.dumps(one) for one in people["admin"].json("/audit")["items"])
    assert people["admin"].json("/decisions")["items"][0]["author"] == "reviewer"


def test_a_role_that_was_taken_away_is_gone_at_once(guarded: Any) -> None:
    admin, reviewer = Browser(guarded).open(), Browser(guarded).open()
    admin.sign_in("admin", PASSWORD)
    reviewer.sign_in("reviewer", PASSWORD)
    assert admin.post("/users/reviewer", {"role": "reader"}, method="PUT").status_code == 200
    assert problem(reviewer.get("/meta"))[0] == 401
    assert problem(admin.post("/users/admin", method="DELETE"))[0] == 422  # the last one
    assert problem(admin.post("/users/admin", {"role": "reader"}, method="PUT"))[0] == 422
    assert admin.post("/users/reader", method="DELETE").status_code == 200
    assert problem(Browser(guarded).open().sign_in("reader", PASSWORD))[0] == 401


def test_signing_in_gives_a_new_session_and_signing_out_ends_it(guarded: Any) -> None:
    person = Browser(guarded).open()
    before = person.client.cookies["riwaya_session"]
    assert person.sign_in("reader", PASSWORD).status_code == 200
    after = person.client.cookies["riwaya_session"]
    assert before != after
    assert person.post("/session", method="DELETE").status_code == 204
    assert problem(person.get("/meta"))[0] == 401


def test_guessing_passwords_is_slow(guarded: Any) -> None:
    person = Browser(guarded).open()
    codes = [person.sign_in("admin", f"wrong password {n}").status_code for n in range(8)]
    assert codes[:5] == [401] * 5
    assert set(codes[5:]) == {429}
    assert person.sign_in("admin", PASSWORD).status_code == 429
    assert Browser(guarded, address="10.0.0.9").open().sign_in("admin", PASSWORD).status_code == 200


def test_an_unknown_name_and_a_wrong_password_are_told_alike(guarded: Any) -> None:
    person = Browser(guarded).open()
    one, other = person.sign_in("nobody", PASSWORD), person.sign_in("admin", "wrong password")
    assert one.json() == other.json()


def test_a_proxy_says_who_asks(war: Path) -> None:
    app = app_over(war, mode="proxy", hosts=frozenset({"desk.example.org"}), proxy_role="reviewer")
    headers = {"host": "desk.example.org"}
    with Browser(app).client:
        stranger = Browser(app, **headers).open()
        assert problem(stranger.get("/meta"))[0] == 401
        named = Browser(app, **headers, **{"X-Forwarded-User": "amal"}).open()
        assert named.json("/session")["user"] == {"name": "amal", "role": "reviewer"}
        claim = named.json("/claims")["items"][0]["id"]
        assert named.decide("accept", claim)["decision"]["author"] == "amal"
        assert named.get("/meta", headers={"host": "localhost"}).status_code == 421


def test_what_is_too_large_is_refused_however_it_is_sent(war: Path) -> None:
    desk = Browser(app_over(war, largest_upload=50_000, largest_body=5_000))
    with desk.client:
        desk.open()
        assert problem(desk.post("/texts", {"text": "ن" * 6000}))[0] == 413
        assert problem(desk.post("/uploads?name=x.txt", content=b"x" * 60_000))[0] == 413

        def endless() -> Iterator[bytes]:
            for _ in range(100):
                yield b"x" * 1000

        assert problem(desk.post("/uploads?name=x.txt", content=endless()))[0] == 413
        assert problem(desk.post("/try", content=endless()))[0] == 413
        assert desk.json("/jobs")["items"] == []
        lie = desk.post("/try", content=b"{}", headers={"content-length": "x"})
        assert lie.status_code in (400, 413, 422)


def test_a_large_file_is_taken(war: Path) -> None:
    desk = Browser(app_over(war))
    with desk.client:
        desk.open()
        text = ("سيطرت فصائل المعارضة السورية على مدينة حمص.\n" + "كلام عادي لا خبر فيه.\n" * 3) * 20_000
        job = desk.post("/uploads?name=big.csv", content=b"text\n" + text.encode()[:5_000_000])
        assert job.status_code == 202


def test_too_many_requests_are_told_to_wait(war: Path) -> None:
    desk = Browser(app_over(war, reads_a_minute=20, writes_a_minute=5))
    with desk.client:
        desk.open()
        codes = [desk.post("/try", {"text": "نص"}).status_code for _ in range(8)]
        assert (codes[:5], set(codes[5:])) == ([200] * 5, {429})
        answers = [desk.get("/health") for _ in range(30)]
        assert problem(answers[-1]) == (429, "riwaya:too-many")
        assert answers[-1].headers["retry-after"]


def test_a_limiter_forgets_the_oldest_clients() -> None:
    limiter = Limiter(1)
    for n in range(6000):
        assert limiter.allows(str(n))
    assert len(limiter._seen) <= 5001
    assert not limiter.allows("5999")


def test_hostile_texts_stay_text(desk: Browser) -> None:
    content = json.dumps(
        {"text": HOSTILE, "title": "<svg onload=alert(1)>", "outlet": "<b>منبر</b>"}
    ).encode()
    answer = desk.client.post(
        f"{API}/texts",
        content=content,
        headers={"X-Riwaya-CSRF": desk.token, "content-type": "application/json"},
    )
    job = desk.finished(answer)
    assert job["state"] == "done", job
    id = job["reports"][0]["id"]
    for path in (
        f"/reports/{id}",
        "/claims?limit=500",
        "/search?q=حمص",
        "/meta",
        "/review?limit=500",
        "/jobs",
    ):
        shown = desk.get(path)
        assert shown.headers["content-type"] == "application/json"
        assert shown.status_code == 200
        json.loads(shown.content)
    assert desk.json(f"/reports/{id}")["report"]["text"] == HOSTILE
    claims = desk.json(f"/reports/{id}")["claims"]
    assert claims
    for claim in claims:
        span = claim["evidence"]
        assert HOSTILE[span["start"] : span["end"]] == span["text"]
    for name in ("jsonl", "acled", "geojson", "kml"):
        export = desk.get(f"/export/{name}")
        assert export.headers["content-disposition"].startswith("attachment")
        assert export.headers["content-type"] == "application/octet-stream"
        assert "sandbox" in export.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/..%2f..%2fpyproject.toml",
        "/assets/..%5c..%5cx",
        "/%00",
        "/assets/%2e%2e/%2e%2e/x.py",
    ],
)
def test_files_outside_the_page_are_not_served(war: Path, path: str) -> None:
    page = war.parent / "assets"
    page.mkdir()
    (page / "index.html").write_text("<!doctype html><title>desk</title>")
    (page / "app-1a2b3c4d.js").write_text("1")
    (war.parent / "x.py").write_text("secret")
    desk = Browser(app_over(war))
    with desk.client:
        answer = desk.client.get(path)
        assert "secret" not in answer.text
        assert "root:" not in answer.text
        assert desk.client.get("/place/sy-homs").text.startswith("<!doctype")
        script = desk.client.get("/app-1a2b3c4d.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert "immutable" in script.headers["cache-control"]
        assert desk.client.get("/none.js").status_code == 404


def test_no_traceback_leaves(war: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Browser(app_over(war))
    with desk.client:
        desk.open()
        monkeypatch.setattr("riwaya.questions.events.listed", lambda *_, **__: 1 / 0)
        answer = desk.get("/events")
        assert problem(answer) == (500, "riwaya:server")
        assert "division" not in answer.text


def test_a_ledger_that_may_only_be_read_is_shown(war: Path) -> None:
    import os

    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    war.chmod(0o400)
    war.parent.chmod(0o500)
    try:
        desk = Browser(app_over(war))
        with desk.client:
            desk.open()
            assert desk.json("/events")["total"] > 0
            assert desk.json("/session")["can"]["write"] is False
            assert problem(desk.post("/texts", {"text": "نص"}))[0] == 503
    finally:
        war.parent.chmod(0o700)
        war.chmod(0o600)


def test_accounts_are_kept_as_hashes(tmp_path: Path) -> None:
    state = State(tmp_path / "x.desk")
    state.add_user("amal", PASSWORD, "admin")
    token = state.open_session("amal", signed_in=True).token
    state.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in raw
    assert token.encode() not in raw
    assert b"$argon2id$" in raw
    assert (tmp_path / "x.desk").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [
        ("", PASSWORD, "reader"),
        (" x", PASSWORD, "reader"),
        ("a\nb", PASSWORD, "reader"),
        ("x" * 65, PASSWORD, "reader"),
        ("amal", "short", "reader"),
        ("amal", PASSWORD, "king"),
    ],
)
def test_what_is_no_account_is_refused(name: str, password: str, role: str) -> None:
    with pytest.raises(AccountError):
        State().add_user(name, password, role)
