"""How well the reader reads: what a change may not make worse.

The development sets may be looked into while tuning, the test set may not; docs/accuracy.md has what was
measured. The floors lie a little under it, so that a change for the better elsewhere can cost a claim here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).parents[1] / "corpus"
# claim F1, full F1, then the share of matched claims with the field right
FLOORS = {
    "dev": {"claims": 0.70, "full": 0.32, "status": 0.92, "actor": 0.78, "target": 0.84, "origin": 0.86},
    "dev2": {"claims": 0.65, "full": 0.27, "status": 0.92, "actor": 0.69, "target": 0.83, "origin": 0.82},
    "test": {"claims": 0.52, "full": 0.19, "status": 0.88, "actor": 0.68, "target": 0.76, "origin": 0.85},
}


def score(name: str) -> dict[str, Any]:
    folder = CORPUS / name
    names = [f"--{part}={folder / part}.csv" for part in ("places", "actors")]
    command = [sys.executable, "-m", "riwaya", "evaluate", str(folder / "gold.jsonl"), *names, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    out: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return out


@pytest.mark.parametrize("name", FLOORS)
def test_no_worse_than_it_was(name: str) -> None:
    measured = score(name)
    read = {"claims": measured["claims"]["f1"], "full": measured["full"]["f1"], **measured["fields"]}
    below = {key: (read[key], floor) for key, floor in FLOORS[name].items() if read[key] < floor}
    assert not below


def test_the_sets_share_no_report() -> None:
    texts = [
        {
            json.loads(line)["text"]
            for line in (CORPUS / name / "reports.jsonl").read_text("utf-8").splitlines()
        }
        for name in FLOORS
    ]
    assert len(set().union(*texts)) == sum(map(len, texts))
