"""Addresses at the door: what is asked, what is refused, and how much is taken."""

from __future__ import annotations

import gzip
import io
import shutil
import ssl
import subprocess
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riwaya.sources import Given, Problem, Received, reports
from riwaya.sources.fetch import FetchError, Limits, fetch
from riwaya.sources.guard import Guard, RefusedError
from running import Run
from serving import Site, serving

A = "دخلت فصائل المعارضة مدينة حمص ليلا بعد انسحاب قوات الجيش من أحيائها الغربية، وفق ما أفاد سكان."
B = "وأضاف السكان أن الكهرباء انقطعت عن معظم أحياء المدينة منذ ساعات المساء وأن الشوارع خلت من المارة."
HEAD = "<!doctype html><html lang=ar><head><title>حمص</title></head>"
PAGE = f"{HEAD}<body><article><h1>حمص</h1><p>{A}</p><p>{B}</p></article></body></html>"
OWN = Limits(guard=Guard(private=True), seconds=5, pause=2)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


def read(url: str, limits: Limits = OWN) -> list[Received | Problem]:
    return list(reports([url], Given(), limits=limits))


def why(url: str, limits: Limits = OWN) -> str:
    (problem,) = read(url, limits)
    assert isinstance(problem, Problem)
    assert problem.where == url
    return problem.what


def test_a_page_is_read_with_its_address(site: Site) -> None:
    site.page("/2024/12/07/homs", PAGE)
    (one,) = read(site("/2024/12/07/homs"))
    assert isinstance(one, Received)
    assert A in one.report.text
    assert (one.report.url, str(one.report.day), one.dated) == (
        site("/2024/12/07/homs"),
        "2024-12-07",
        "address",
    )
    ((_, headers),) = site.asked
    assert headers["user-agent"].startswith("Riwaya/")
    assert headers["host"] == f"127.0.0.1:{site.port}"


def test_the_encoding_is_the_servers_word_where_the_page_has_none(site: Site) -> None:
    site.page("/x", PAGE.encode("cp1256"), "text/html; charset=windows-1256")
    (one,) = read(site("/x"))
    assert isinstance(one, Received)
    assert A in one.report.text


@pytest.mark.parametrize(
    ("path", "media", "body", "kind"),
    [
        (
            "/rss?f=1",
            "application/rss+xml",
            f"<rss><channel><item><title>{A}</title></item></channel></rss>".encode(),
            "feed",
        ),
        (
            "/feed",
            "text/html",
            f"<rss><channel><item><title>{A}</title></item></channel></rss>".encode(),
            "feed",
        ),
        ("/data", "application/octet-stream", f'{{"text": "{A}"}}'.encode(), "jsonl"),
        ("/t.csv", "text/plain", f"id,text\n1,{A}\n".encode(), "csv"),
        ("/a.txt", "text/plain; charset=windows-1256", A.encode("cp1256"), "text"),
    ],
)
def test_what_an_address_gives_is_read_by_its_kind(
    site: Site, path: str, media: str, body: bytes, kind: str
) -> None:
    site.page(path, body, media)
    (one,) = read(site(path))
    assert isinstance(one, Received)
    assert one.kind == kind
    assert A in one.report.text


def test_an_archive_behind_an_address(site: Site) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("a.txt", A)
    site.page("/a.zip", packed.getvalue(), "application/zip")
    (one,) = read(site("/a.zip"))
    assert isinstance(one, Received)
    assert one.where.endswith("/a.zip!a.txt")


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_packed_answer(site: Site, packing: str) -> None:
    packed = gzip.compress(PAGE.encode()) if packing == "gzip" else zlib.compress(PAGE.encode())
    site.page("/x", packed, Content_Encoding=packing)
    (one,) = read(site("/x"))
    assert isinstance(one, Received)
    site.page("/cut", packed[:-30], Content_Encoding=packing)
    assert "cut short" in why(site("/cut")) or "damaged" in why(site("/cut"))


def test_redirects_are_followed_and_counted(site: Site) -> None:
    site.page("/end", PAGE)
    for n in range(6):
        site.moved(f"/{n}", f"/{n + 1}" if n < 5 else site("/end"))
    assert isinstance(read(site("/1"))[0], Received)
    assert why(site("/0")) == "more than 5 redirects"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.example/", "gopher://x/", "http://u:p@x.example/"]
)
def test_a_redirect_to_what_is_not_fetched(site: Site, target: str) -> None:
    site.moved("/x", target)
    assert "fetched" in why(site("/x"))


def test_too_much_is_stopped_packed_or_not(site: Site) -> None:
    small = Limits(guard=Guard(private=True), size=100_000)
    site.page("/said", b"x" * 200_000)
    site.page("/bomb", gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
    assert why(site("/said"), small).startswith("larger than")
    assert why(site("/bomb"), small).startswith("larger than")


def test_a_server_that_drips_is_left(site: Site) -> None:
    def drip(handler: Any) -> None:
        try:
            for _ in range(100):
                handler.wfile.write(b"H")
                time.sleep(0.1)
        except OSError:
            pass

    site.answers["/slow"] = drip
    before = time.monotonic()
    assert "in time" in why(site("/slow"), Limits(guard=Guard(private=True), seconds=0.7, pause=0.5))
    assert time.monotonic() - before < 4


@pytest.mark.parametrize(
    ("status", "media", "says"),
    [
        (404, "text/html", "answers 404"),
        (503, "text/html", "answers 503"),
        (200, "image/png", "image/png is not read"),
    ],
)
def test_what_is_no_report_is_named(site: Site, status: int, media: str, says: str) -> None:
    site.answers["/x"] = (status, {"Content-Type": media}, b"x")
    assert says in why(site("/x"))


def test_packing_that_was_not_asked_for(site: Site) -> None:
    site.page("/x", b"x", Content_Encoding="br")
    assert "not asked for" in why(site("/x"))


def test_nobody_there() -> None:
    with serving() as served:
        gone = served("/")
    assert "cannot be fetched" in why(gone)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.1", "198.18.0.1", "203.0.113.5",
        "::1", "::",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1",
        "2001::1", "fec0::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_no_address_of_the_neighbourhood_is_asked(address: str) -> None:
    limits = Limits(resolve=lambda host, port: ["93.184.215.14", address], seconds=2)
    assert "resolves to" in why("http://news.example/", limits)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"]
)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert Guard().why_not(address) == ""


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1/", "the machine itself"),
        ("http://[::1]/", "the machine itself"),
        ("http://2130706433/", "the machine itself"),
        ("http://0x7f.1/", "the machine itself"),
        ("http://localhost/", "the machine itself"),
        ("http://[::ffff:7f00:1]/", "the machine itself"),
        ("http://x.example:22/", "port 22"),
        ("http://u:p@x.example/", "name or password"),
        ("http://u@x.example/", "name or password"),
        ("ftp://x.example/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("http:///x", "host"),
        ("http://x.example:99999/", "not a web address"),
        ("http://x.example/ y", "not a web address"),
        ("http://[::1/", "not a web address"),
        (f"http://x.example/{'a' * 5000}", "not a web address"),
    ],
)
def test_refused_without_being_asked(url: str, says: str) -> None:
    assert says in why(url, Limits(seconds=3))


def test_a_redirect_into_the_neighbourhood_is_refused(tmp_path: Path, site: Site) -> None:
    """The first hop is allowed as if it were public; the second resolves to the machine itself."""

    class FirstOnly(Guard):
        def why_not(self, address: str) -> str:
            return "" if address == "127.0.0.1" else super().why_not(address)

    site.moved("/x", f"http://inside.example:{site.port}/secret")
    site.page("/secret", PAGE)
    names = {"inside.example": ["127.0.0.2"]}
    limits = Limits(
        guard=FirstOnly(ports=frozenset({site.port})),
        resolve=lambda host, port: names.get(host, ["127.0.0.1"]),
    )
    with pytest.raises(FetchError, match="the machine itself"):
        fetch(site("/x"), tmp_path / "x", limits)
    assert site.paths() == ["/x"]


def test_a_name_is_looked_up_once_and_that_address_is_asked(tmp_path: Path, site: Site) -> None:
    site.page("/x", PAGE)
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    limits = Limits(guard=Guard(private=True), resolve=rebinding)
    fetched = fetch(site("/x", "news.example"), tmp_path / "x", limits)
    assert (asked, fetched.status) == (["news.example"], 200)
    assert site.asked[0][1]["host"] == f"news.example:{site.port}"


def test_a_name_that_is_nobodys() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise OSError("not known")

    assert "has no address" in why("http://nobody.example/", Limits(resolve=nobody))


def test_a_resolver_without_end_is_left() -> None:
    def endless(host: str, port: int) -> list[str]:
        time.sleep(3)
        return []

    assert "in time" in why("http://slow.example/", Limits(resolve=endless, seconds=0.5, pause=0.3))


def test_ports_by_setting() -> None:
    Guard(ports=frozenset({9000})).check("http://x.example:9000/")
    with pytest.raises(RefusedError, match="port 8443"):
        Guard(ports=frozenset({9000})).check("http://x.example:8443/")


def test_add_takes_an_address_and_refuses_the_neighbourhood(
    run: Run, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    site.page("/2024/12/07/x", PAGE.replace("دخلت", "سيطرت"))
    code, out, err = run("add", site("/2024/12/07/x"))
    assert code == 1
    assert "port" in err
    assert site.asked == []
    code, out, err = run("add", site("/2024/12/07/x"), "--allow-private")
    assert (code, out) == (0, "riwaya.sqlite: 1 reports added with 1 claims, 0 were there, 0 skipped\n")
    assert "taken: 1 html" in err


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for news.example that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    making = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=news.example".split()
    making += ["-addext", "subjectAltName=DNS:news.example", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(making, check=True, capture_output=True)
    return key, certificate


def test_the_name_stays_in_the_certificates_check(
    tmp_path: Path, certified: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was looked at; the certificate is that of the name."""
    key, certificate = certified
    limits = Limits(guard=Guard(private=True), resolve=lambda host, port: ["127.0.0.1"], seconds=10)
    with serving((key, certificate)) as site:
        site.page("/x", PAGE)
        url = site("/x", "news.example").replace("http:", "https:")
        with pytest.raises(FetchError, match="certificate"):
            fetch(url, tmp_path / "x", limits)
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr("httpcore._sync.connection.default_ssl_context", lambda: trusting)
        assert fetch(url, tmp_path / "x", limits).status == 200
        with pytest.raises(FetchError, match="certificate"):
            fetch(url.replace("news.", "other."), tmp_path / "x", limits)
