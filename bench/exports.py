"""Exports: rows a second of each format, and the memory that it takes beyond what was there before.

    python -m bench.exports [REPORTS]

Each format is written by a process of its own from one ledger of synthetic reports (ten claims each).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, cast

from bench.conclusions import fill
from riwaya.events.knowledge import Knowledge
from riwaya.exports import EXPORTS, Asked, Names, export_named
from riwaya.kept import Found, Kept
from riwaya.ledger import Query, open_ledger
from riwaya.packs.pack import load_packs

REPORTS = 500


def memory() -> float:
    """The most memory used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: str, name: str, table: str) -> dict[str, object]:
    """One format: how long, how many rows and bytes, and how much memory."""
    pack = load_packs()
    export = export_named(name)
    assert export
    with open_ledger(path, create=False) as ledger, tempfile.TemporaryFile() as out:
        asked = Asked(ledger, Query(), Found.of(ledger, Knowledge.of(pack)), Names.of(pack))
        before, began = memory(), perf_counter()
        rows = export.write(replace(asked, table=table), cast(BinaryIO, out))
        took = perf_counter() - began
        size = out.tell()
    return {
        "export": f"{name} {table}".strip(),
        "rows": rows,
        "seconds": round(took, 2),
        "rows_a_second": round(rows / max(took, 1e-6)),
        "mb": round(size / 1e6, 2),
        "memory_mb": round(memory() - before, 1),
    }


def main(arguments: list[str]) -> None:
    """Every format and table that can be written here."""
    if len(arguments) == 3:
        print(json.dumps(measure(*arguments)), flush=True)
        return
    total = int(arguments[0]) if arguments else REPORTS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite"
        knowledge = Knowledge.of(load_packs())
        with open_ledger(path) as ledger:
            fill(ledger, total, knowledge)
            Kept(ledger, knowledge).refresh()
        for export in EXPORTS:
            for table in (export.tables or ("",)) if export.ready else ():
                command = [sys.executable, "-m", "bench.exports", str(path), export.name, table]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
