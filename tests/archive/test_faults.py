"""Kills, full disks, two schedulers, lost workers: what comes of it is what an undisturbed run gives."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="archives need riwaya[archive]")
pytest.importorskip("fsspec", reason="archives need riwaya[archive]")

import inputs

Ran = Callable[..., tuple[int, str, str]]
Start = Callable[..., subprocess.Popen[str]]
KILLS = int(os.environ.get("KILLS", "12"))
SLOW = inputs.rows(900, words="SLOW")
ASKED = ("--shard-size", 0.03, "--text")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive") / "in"
    inputs.write_lines(folder / "a.jsonl", SLOW[:600])
    inputs.write_lines(folder / "b.jsonl.gz", SLOW[600:700])
    inputs.write_parquet(folder / "c.parquet", SLOW[700:])
    return folder


@pytest.fixture(scope="module")
def undisturbed(archive: Path, riwaya: Ran) -> dict[str, str]:
    """The files of a run that nothing happened to."""
    out = archive.with_name("whole")
    assert riwaya("archive", archive, out, *ASKED)[0] == 0
    return inputs.files(out)


def cells_of(process: subprocess.Popen[str]) -> list[int]:
    """The reading processes of a run."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_killed_at_random_moments(
    archive: Path, tmp_path: Path, start: Start, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    chance = random.Random(7)
    kills = 0
    while True:
        process = start("archive", archive, out, *ASKED)
        try:
            process.communicate(timeout=chance.uniform(0.8, 2.5) if kills < KILLS else 120)
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
    assert process.returncode == 0
    assert inputs.files(out) == undisturbed


@pytest.mark.skipif(not shutil.which("pgrep"), reason="finds the reading processes with pgrep")
def test_reading_processes_killed_at_random_moments(
    archive: Path, tmp_path: Path, start: Start, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    chance = random.Random(8)
    process = start("archive", archive, out, *ASKED)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.1, 0.6))
        for cell in cells_of(process)[:1]:
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself meanwhile
                os.kill(cell, signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert inputs.files(out) == undisturbed


def test_a_cell_whose_watcher_died_ends(archive: Path, tmp_path: Path, start: Start) -> None:
    if not shutil.which("pgrep"):
        pytest.skip("finds the reading processes with pgrep")
    process = start("archive", archive, tmp_path / "out", *ASKED)
    cells: list[int] = []
    deadline = time.monotonic() + 30
    while not cells and time.monotonic() < deadline:
        time.sleep(0.2)
        cells = cells_of(process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    while any(Path(f"/proc/{cell}").exists() for cell in cells) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert cells
    assert not any(Path(f"/proc/{cell}").exists() for cell in cells)


def test_a_second_run_on_one_output_is_refused(
    archive: Path, tmp_path: Path, start: Start, riwaya: Ran, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    first = start("archive", archive, out, *ASKED)
    deadline = time.monotonic() + 30
    while not (out / "plan.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    code, _, err = riwaya("archive", archive, out, *ASKED)
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert (code, "another riwaya archive is at work there" in err) == (4, True)
    assert inputs.files(out) == undisturbed


def test_two_that_know_nothing_of_each_other(
    archive: Path, tmp_path: Path, start: Start, undisturbed: dict[str, str]
) -> None:
    """As on object storage, which has no locks: the work is done twice and gives the same."""
    out = tmp_path / "out"
    runs = [start("archive", archive, f"unlocked://{out}", *ASKED, "--workers", 1) for _ in range(2)]
    for run in runs:
        _, err = run.communicate(timeout=240)
        assert run.returncode == 0, err
    assert inputs.files(out) == undisturbed


def test_a_full_disk(archive: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    """In a small file system of its own, where one can be had without being root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    whole = f"{sys.executable} -m riwaya archive {archive} {disk}/out --shard-size 0.03 --text"
    script = f"mount -t tmpfs -o size=200k none {disk} || exit 99; {whole}; echo code $?; "
    script += f"mount -o remount,size=50m {disk}; {whole}; echo code $?; cp -r {disk}/out {tmp_path}/out"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    if not shutil.which("unshare"):
        pytest.skip("no unshare here")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode == 99 or "unshare" in done.stderr.split(":")[0]:
        pytest.skip("no file system of one's own here")
    codes = [line for line in done.stdout.splitlines() if line.startswith("code")]
    assert codes == ["code 4", "code 0"]
    assert "the disk is full" in done.stderr
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["counts"]["reports"] == 900


@pytest.fixture
def cluster(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers, each a process of its own, on this machine's loopback."""
    pytest.importorskip("distributed", reason="needs riwaya[cluster]")
    environment |= {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    at = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(at)]
    running = [subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_scheduler", *words], **quiet)]  # type: ignore[call-overload]
    deadline = time.monotonic() + 60
    while not at.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    address = json.loads(at.read_text())["address"]
    for _ in range(2):
        words = [address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        words += ["--local-directory", str(tmp_path)]
        running.append(
            subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_worker", *words], **quiet)
        )  # type: ignore[call-overload]
    yield address, running[1:]
    for process in running:
        process.kill()
        process.wait()


def test_dask_workers_one_killed_on_the_way(
    tmp_path: Path, start: Start, riwaya: Ran, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    folder = tmp_path / "many"
    rows = inputs.rows(3000, words="SLOW")
    inputs.write_lines(folder / "a.jsonl", rows[:2000])
    inputs.write_parquet(folder / "b.parquet", rows[2000:], group=300)
    asked = ("--shard-size", 0.05)
    out = tmp_path / "cluster"
    process = start("archive", folder, out, *asked, "--scheduler", address, "--json")
    deadline = time.monotonic() + 120
    while len(list((out / "receipts").glob("*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers[0].kill()
    told, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert json.loads(told)["reports"] == 3000
    assert riwaya("archive", folder, tmp_path / "single", *asked, "--workers", 1)[0] == 0
    assert inputs.files(out) == inputs.files(tmp_path / "single")


def test_a_scheduler_that_is_not_there(tmp_path: Path, riwaya: Ran) -> None:
    pytest.importorskip("distributed", reason="needs riwaya[cluster]")
    path = inputs.write_lines(tmp_path / "a.jsonl", SLOW[:3])
    code, _, err = riwaya("archive", path, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
    assert (code, "no Dask scheduler answers" in err) == (4, True)
