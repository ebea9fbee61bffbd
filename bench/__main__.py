"""``python -m bench [NAME]``: one of ``ALL``, or all of them, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

ALL = ("start_up", "speed", "shares", "growth", "adding", "inputs", "conclusions", "exports")
REPORTS = 2000


def show(name: str) -> None:
    from bench import measure

    if name == "start_up":
        for what, seconds in measure.start_up().items():
            print(f"{what:24} {seconds:.3f} s")
    elif name == "speed":
        print("  ".join(f"{what} {number:,.0f}" for what, number in measure.speed(REPORTS).items()))
    elif name == "shares":
        for stage, share in measure.shares(REPORTS // 10):
            if share >= 0.01:
                print(f"{stage:32} {share:6.1%}")
    elif name == "growth":
        for size, seconds, rate in measure.growth():
            print(f"{size:>12,} bytes  {seconds:8.3f} s  {rate:>10,.0f} words a second")
    elif name == "adding":
        print("  ".join(f"{what} {number:,.2f}" for what, number in measure.adding(REPORTS // 10).items()))
    elif name == "inputs":
        from bench import inputs

        inputs.main(REPORTS // 20)
    elif name == "conclusions":
        from bench import conclusions

        conclusions.main(["1000", "10000"])
    elif name == "exports":
        from bench import exports

        exports.main([])


def main() -> None:
    names = sys.argv[1:]
    if len(names) == 1:
        show(names[0])
        return
    for name in names or ALL:
        print(f"\n{name}", flush=True)
        subprocess.run([sys.executable, "-m", "bench", name], check=True)


main()
