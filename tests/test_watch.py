"""A watch asks politely, keeps what is new, and neither loses nor doubles anything however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from riwaya.commands.watch_log import Metrics
from riwaya.ledger import open_ledger
from riwaya.sources.polite import after_failure, retry_after
from riwaya.sources.watch_file import SettingsError, read_settings
from running import Run
from serving import Site, serving

A = "سيطرت الفصائل على مدينة حمص ليلا بعد انسحاب قوات الجيش من أحيائها الغربية، وفق ما أفاد سكان."
B = "وأضاف السكان أن الكهرباء انقطعت عن معظم أحياء المدينة منذ ساعات المساء وأن الشوارع خلت من المارة."


def item(number: int, text: str = A) -> str:
    when = f"<pubDate>Sun, 08 Dec 2024 0{number % 10}:30:00 +0300</pubDate>"
    link = f"<guid>e{number}</guid><link>LINK{number}</link>"
    return f"<item><title>خبر {number}</title>{link}{when}<description>{text} {number}</description></item>"


def feed(*items: str) -> str:
    channel = f"<channel><title>موقع</title>{''.join(items)}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        served.answers["/robots.txt"] = (404, {}, b"")
        yield served


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RIWAYA_LEDGER", raising=False)
    return tmp_path


def settings(folder: Path, site: Site | None, more: str = "", top: str = "") -> Path:
    path = folder / "feeds.toml"
    asked = f'[[feed]]\nurl = "{site("/feed")}"\n' if site else ""
    path.write_text(f"allow_private = true\npause = 0\n{top}\n{asked}{more}", "utf-8")
    return path


def events(out: str, kind: str = "report") -> list[dict[str, Any]]:
    return [line for line in map(json.loads, out.splitlines()) if line["event"] == kind]


def kept(path: Path = Path("riwaya.sqlite")) -> list[str]:
    with open_ledger(path, create=False) as ledger:
        return sorted(report.id for report in ledger.reports())


def test_once_keeps_what_is_new_and_the_second_time_asks_whether_there_is_more(
    run: Run, site: Site, folder: Path
) -> None:
    site.page("/feed", feed(item(1), item(2)), "application/rss+xml", ETag='"v1"', Last_Modified="yesterday")
    path = settings(folder, site, 'outlet = "وكالة"')
    code, out, _ = run("watch", path, "--once", "--json")
    assert (code, [line["report"] for line in events(out)]) == (0, ["e1", "e2"])
    assert events(out)[0] | {"time": ""} == {
        "time": "",
        "event": "report",
        "report": "e1",
        "claims": 1,
        "outlet": "وكالة",
        "title": "خبر 1",
        "published": "2024-12-08T01:30:00+03:00",
        "dated": "feed: published",
        "language": "ar",
        "url": site("/LINK1"),
        "source": site("/feed"),
    }
    site.answers["/feed"] = (304, {}, b"")
    code, out, _ = run("watch", path, "--once", "--json")
    assert (code, events(out), events(out, "poll")[0]["outcome"]) == (0, [], "unchanged")
    _, headers = site.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"v1"', "yesterday")
    assert kept() == ["e1", "e2"]


def test_only_what_is_new_or_changed_is_told(run: Run, site: Site, folder: Path) -> None:
    path = settings(folder, site)
    site.page("/feed", feed(item(1), item(2)), "application/rss+xml")
    run("watch", path, "--once")
    site.page("/feed", feed(item(3), item(2, B), item(1)), "application/rss+xml")
    _, out, _ = run("watch", path, "--once", "--json")
    first, second = (line["report"] for line in events(out))
    assert first == "e3"
    assert second.startswith("e2@")
    assert len(kept()) == 4


def test_a_line_of_text_for_a_person(run: Run, site: Site, folder: Path) -> None:
    site.page("/feed", feed(item(1)), "application/rss+xml")
    _, out, _ = run("watch", settings(folder, site), "--once")
    begin, line, end = out.splitlines()
    assert "watching 1 feeds and 0 folders into" in begin
    assert line.endswith("Z added e1 1 claims · موقع · 2024-12-08 · خبر 1"[1:])
    assert end.endswith("stopped")


def test_robots_are_heeded_and_asked_for_once(run: Run, site: Site, folder: Path) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /feed\n", "text/plain")
    site.page("/feed", feed(item(1)), "application/rss+xml")
    site.page("/other", feed(item(2)), "application/rss+xml")
    path = settings(folder, site, f'[[feed]]\nurl = "{site("/other")}"\n')
    code, out, err = run("watch", path, "--once", "--json")
    assert (code, [line["report"] for line in events(out)]) == (1, ["e2"])
    assert "robots.txt does not let us" in err
    assert sorted(site.paths()) == ["/other", "/robots.txt"]
    path.write_text(path.read_text("utf-8").replace("pause = 0", "pause = 0\nrobots = false"), "utf-8")
    Path("riwaya.sqlite.watch").unlink()
    _, out, _ = run("watch", path, "--once", "--json")
    assert [line["report"] for line in events(out)] == ["e1"]


def test_a_server_in_trouble_has_its_robots_respected(run: Run, site: Site, folder: Path) -> None:
    site.answers["/robots.txt"] = (503, {}, b"")
    _, _, err = run("watch", settings(folder, site), "--once")
    assert "robots.txt cannot be had" in err
    assert site.paths() == ["/robots.txt"]


def test_a_failing_feed_is_left_alone_as_long_as_it_asks(run: Run, site: Site, folder: Path) -> None:
    site.answers["/feed"] = (503, {"Retry-After": "7200"}, b"")
    path = settings(folder, site)
    code, _, err = run("watch", path, "--once")
    assert code == 1
    assert "answers 503; asked again in 2 hours" in err
    asked = len(site.asked)
    code, out, _ = run("watch", path, "--once", "--json")
    assert (code, events(out, "poll"), len(site.asked)) == (0, [], asked)


def test_waiting_grows_to_a_day() -> None:
    waits = [after_failure(900, failures, {}, 0.0) for failures in range(1, 12)]
    assert 1800 <= waits[0] <= 1980
    assert all(86400 <= wait <= 86400 * 1.1 for wait in waits[-3:])
    assert retry_after({"retry-after": "Sun, 08 Dec 2024 01:00:00 GMT"}, 1733615000) == pytest.approx(4600)
    assert retry_after({"retry-after": "soon"}, 0) == 0
    assert retry_after({"retry-after": "9" * 30}, 0) == 86400


def article(text: str) -> str:
    body = f"<article><h1>عنوان الصفحة</h1><p>{text}</p><p>{B}</p></article>"
    return f"<!doctype html><html lang=ar><head><title>ع</title></head><body>{body}</body></html>"


def test_the_page_behind_an_entry(run: Run, site: Site, folder: Path) -> None:
    linked = feed(item(1), item(2), item(3)).replace("LINK", site("/page"))
    site.page("/feed", linked, "application/rss+xml", ETag='"v1"')
    site.page("/page1", article(A))
    site.answers["/page2"] = (404, {}, b"")
    site.answers["/page3"] = (503, {}, b"")
    path = settings(folder, site, "full = true\n")
    code, out, err = run("watch", path, "--once", "--json")
    first, second = events(out)
    assert (code, first["report"], first["published"]) == (0, "e1", "2024-12-08T01:30:00+03:00")
    assert second["report"] == "e2"
    assert "its entry in the feed is read" in err
    with open_ledger("riwaya.sqlite", create=False) as ledger:
        report = ledger.report("e1")
        assert report
        assert B in report.text
    site.page("/page3", article(A))
    _, out, _ = run("watch", path, "--once", "--json")  # the feed has not changed, but is asked for whole
    assert "if-none-match" not in dict(site.asked)["/feed"]
    assert [line["report"] for line in events(out)] == ["e3"]
    assert site.paths().count("/page1") == 1


def test_files_dropped_into_a_folder(run: Run, folder: Path) -> None:
    inbox = folder / "inbox"
    (inbox / "sub").mkdir(parents=True)
    (inbox / "a.txt").write_text(f"حمص، 7 ديسمبر 2024\n{A}", "utf-8")
    (inbox / "sub" / "b.txt").write_text(B, "utf-8")
    (inbox / "c.txt.part").write_text(B, "utf-8")
    (inbox / ".hidden").write_text(B, "utf-8")
    path = settings(folder, None, '[[folder]]\npath = "inbox"\noutlet = "مكتب"\nsettle = 0.3\n')
    code, out, err = run("watch", path, "--once", "--json")
    first, second = events(out)
    assert (code, first["outlet"], first["dated"][:9]) == (0, "مكتب", "dateline:")
    assert second["published"] is None
    assert "b.txt: no day of publication" in err
    _, out, _ = run("watch", path, "--once", "--json")
    assert events(out) == []
    (inbox / "a.txt").write_text(f"حمص، 7 ديسمبر 2024\n{A} {B}", "utf-8")
    _, out, _ = run("watch", path, "--once", "--json")
    assert len(events(out)) == 1


def test_files_dropped_and_moved_away(run: Run, folder: Path) -> None:
    inbox = folder / "inbox"
    (inbox / "sub").mkdir(parents=True)
    done = folder / "done" / "sub"
    done.mkdir(parents=True)
    (done / "b.txt").write_text("before", "utf-8")
    (inbox / "sub" / "b.txt").write_text(B, "utf-8")
    (inbox / "broken.zip").write_bytes(b"PK\x03\x04")
    more = '[[folder]]\npath = "inbox"\nthen = "move"\nto = "done"\nsettle = 0\n'
    code, out, err = run("watch", settings(folder, None, more), "--once", "--json")
    assert (code, len(events(out))) == (1, 1)
    assert "broken.zip: damaged zip" in err
    assert [path.name for path in sorted(inbox.rglob("*"))] == ["sub"]
    assert sorted(path.name for path in (folder / "done").rglob("*.*")) == ["b-2.txt", "b.txt", "broken.zip"]


def test_one_watch_at_a_time(run: Run, folder: Path, site: Site) -> None:
    from riwaya.sources.watch_state import State

    path = settings(folder, site)
    with State(folder / "riwaya.sqlite.watch"):
        code, _, err = run("watch", path, "--once")
    assert (code, "another watch is using" in err) == (3, True)


def test_a_lost_ledger_is_filled_again(run: Run, folder: Path, site: Site) -> None:
    site.page("/feed", feed(item(1)), "application/rss+xml", ETag='"v1"')
    path = settings(folder, site)
    run("watch", path, "--once")
    Path("riwaya.sqlite").unlink()
    _, out, _ = run("watch", path, "--once", "--json")
    assert len(events(out)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing to watch"),
        ("[[feed]\n", "feeds.toml:1: not TOML"),
        ("[[feed]]\nurl = 'http://x'\n\n[[feed]]\noutlet = 'x'\n", "feeds.toml:4: [[feed]] url is missing"),
        ("[[feed]]\nurl = 'http://x'\nintervall = '5m'\n", "feeds.toml:3: [[feed]] intervall is not known"),
        ("colour = 1\n[[feed]]\nurl = 'http://x.example'\n", "feeds.toml:1: colour is not known"),
        ("[[feed]]\nurl = 'ftp://x.example'\n", "feeds.toml:2: [[feed]] url 'ftp://x.example': ftp address"),
        ("[[feed]]\nurl = 'http://u:p@x.example'\n", "name or password"),
        ("[[feed]]\nurl = 'http://x'\ninterval = '5 cups'\n", "feeds.toml:3: [[feed]] interval '5 cup"),
        ("[[feed]]\nurl = 'http://x.example'\ninterval = '1s'\n", "must be 60 seconds or more"),
        ("[[feed]]\nurl = 'http://x'\n[[feed]]\nurl = 'http://x'\n", "feeds.toml:4: [[feed]] url"),
        ("[[feed]]\nurl = 5\n", "feeds.toml:2: [[feed]] url must be text"),
        ("feed = 5\n", "feeds.toml:1: feed is written [[feed]]"),
        ("[[folder]]\npath = 'x'\nthen = 'burn'\n", "feeds.toml:3: [[folder]] then 'burn' is neither"),
        ("[[folder]]\npath = 'x'\nthen = 'move'\nto = 'x'\n", "feeds.toml:4: [[folder]] to"),
        ("ports = [0]\n[[folder]]\npath = 'x'\n", "feeds.toml:1: ports must be"),
        ("size = 0\n[[folder]]\npath = 'x'\n", "feeds.toml:1: size must be"),
        ("robots = 1\n[[folder]]\npath = 'x'\n", "feeds.toml:1: robots must be true or false"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_line(run: Run, folder: Path, text: str, says: str) -> None:
    Path("feeds.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError):
        read_settings(Path("feeds.toml"))
    code, out, err = run("watch", "feeds.toml")
    assert (code, out) == (2, "")
    assert says in err


def test_settings_are_checked_without_watching(run: Run, folder: Path) -> None:
    Path("feeds.toml").write_text("[[feed]]\nurl = 'https://x.example/rss'\n", "utf-8")
    assert run("watch", "feeds.toml", "--check")[:2] == (0, "feeds.toml: 1 feeds, 0 folders\n")
    assert not Path("riwaya.sqlite").exists()


def test_metrics_in_a_file(run: Run, folder: Path, site: Site) -> None:
    site.page("/feed", feed(item(1)), "application/rss+xml")
    run("watch", settings(folder, site), "--once", "--metrics", "m.prom")
    told = Path("m.prom").read_text("utf-8")
    assert f'riwaya_watch_reports_total{{new="true",source="{site("/feed")}"}} 1\n' in told
    assert f'riwaya_watch_up{{feed="{site("/feed")}"}} 1\n' in told
    assert "# TYPE riwaya_watch_polls_total counter" in told


def test_metrics_on_the_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Metrics("0.0.0.0:9187")
    with Metrics("127.0.0.1:0") as metrics:
        metrics.count("riwaya_watch_polls_total", feed='a"b\n', outcome="new")
        assert metrics._server
        with urlopen(f"http://127.0.0.1:{metrics._server.server_address[1]}/metrics") as answer:
            told = answer.read().decode()
    assert 'riwaya_watch_polls_total{feed="a\\"b\\n",outcome="new"} 1' in told


COMMAND = """
import sys
sys.path.insert(0, sys.argv[1])
from making import FakeReader
import riwaya.claims
class Slow(FakeReader):
    def read(self, report, pack):
        import time
        time.sleep(0.03)
        return super().read(report, pack)
riwaya.claims.READERS = (Slow(),)
sys.argv = ["riwaya", "watch", *sys.argv[2:]]
from riwaya.cli import main
main()
"""


def start(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMMAND, str(Path(__file__).parent), str(path), "--json"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )


def wait_for(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout
    lines: list[str] = []
    while len(lines) < count:
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        lines += [json.loads(line)["report"]] if '"event":"report"' in line else []
    return lines


def test_killed_again_and_again_it_loses_and_doubles_nothing(site: Site, folder: Path) -> None:
    site.page("/feed", feed(*(item(n) for n in range(1, 41))), "application/rss+xml", ETag='"v1"')
    path = settings(folder, site)
    told: list[str] = []
    for count in (3, 5, 4):
        process = start(path)
        told += wait_for(process, count)
        process.kill()
        out, _ = process.communicate()
        told += [line["report"] for line in events("\n".join(out.splitlines()[:-1]))]
    process = start(path)
    while len(kept()) < 40:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "stopping once the report in hand is kept" in err
    assert kept() == sorted(f"e{n}" for n in range(1, 41))
    everything = [*told, *(line["report"] for line in events(out))]
    assert len(everything) == len(set(everything))  # a report's line comes once


def test_a_stop_finishes_the_report_in_hand(site: Site, folder: Path) -> None:
    site.page("/feed", feed(*(item(n) for n in range(1, 41))), "application/rss+xml")
    process = start(settings(folder, site))
    told = wait_for(process, 2)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    told += [line["report"] for line in events(out)]
    assert process.returncode == 0
    assert json.loads(out.splitlines()[-1])["event"] == "end"
    assert kept() == sorted(told)
    assert len(told) < 40


def test_every_setting_and_metric_is_in_the_docs() -> None:
    from riwaya.commands.watch_log import HELP
    from riwaya.sources import watch_file

    docs = (Path(__file__).parent.parent / "docs" / "watch.md").read_text("utf-8")
    keys = (watch_file.TOP - {"feed", "folder"}) | watch_file.FEED | watch_file.FOLDER
    assert [key for key in sorted(keys) if f"`{key}`" not in docs] == []
    assert [name for name in HELP if f"`{name}" not in docs] == []


def test_the_example_in_the_docs_is_a_settings_file(tmp_path: Path) -> None:
    docs = (Path(__file__).parent.parent / "docs" / "watch.md").read_text("utf-8")
    (tmp_path / "feeds.toml").write_text(docs.split("```toml\n")[1].split("```")[0], "utf-8")
    found = read_settings(tmp_path / "feeds.toml")
    assert (len(found.feeds), len(found.folders), found.feeds[0].full) == (2, 1, True)
