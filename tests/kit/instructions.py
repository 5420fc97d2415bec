"""The runtime does not grow slower unnoticed: instructions, allocations and system calls of an
operation, against what was recorded. Times are asserted nowhere.

Each figure is the difference of two runs of different length, so that starting up does not count.
After a change that is meant to cost or save something:

    python3 tests/kit/instructions.py build/dev --record
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from kit import SOURCE, Problem, call, main

RECORD = SOURCE / "tests/kit/instructions.json"
TOLERANCE = 1.03
ITEMS_EACH_ROUND = 1000  # of a queue

# work, size, rounds: a run of so many rounds, and one of twice as many
CASES = [
    ("W2", 1000, 40),
    ("W3", 2, 5000),
    ("W3", 1000, 20),
    ("W4", 1000, 40),
    ("W5.virtual", 1000, 20),
    ("W5.cancel", 1000, 40),
    ("W6", 10, 2000),
    ("W6", 1000, 20),
    ("W7.queue", 1, 20),
    ("W7.queue", 1000, 20),
    ("W7.free", 1, 20000),
    ("W7.contended", 100, 200),
]


def command(program, work, size, rounds):
    return [program, work, str(size), "--rounds", str(rounds)]


def run(words, preloaded, **environment):
    return call(words, env=dict(os.environ, LD_PRELOAD=str(preloaded), **environment))


def instructions(program, work, size, rounds):
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    said = run(valgrind + command(program, work, size, rounds), program.parent / "libkit-pwait2.so")
    return int(re.search(r"Collected : (\d+)", said)[1])


def counted(program, work, size, rounds):
    """Allocations and system calls, by harness/counters.cpp."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counters"
        library = program.parent / "libpeer-counters.so"
        run(command(program, work, size, rounds), library, LOOPWRIGHT_COUNTERS=str(file))
        data = file.read_bytes()
    return tuple(int.from_bytes(data[at : at + 8], "little") for at in (0, 24))


def measure(program, work, size, rounds):
    """What one operation takes, once everything has warmed up."""
    operations = rounds * (ITEMS_EACH_ROUND if work == "W7.queue" else size)
    long, short = (instructions(program, work, size, n) for n in (2 * rounds, rounds))
    many, few = (counted(program, work, size, n) for n in (2 * rounds, rounds))
    each = lambda more, less: round((more - less) / operations, 4)  # noqa: E731
    return {
        "instructions": round((long - short) / operations, 2),
        "allocations": each(many[0], few[0]),
        "calls": each(many[1], few[1]),
    }


def measure_all(build):
    program = Path(build).resolve() / "bin/peer-aio"
    return {f"{work}/{size}": measure(program, work, size, n) for work, size, n in CASES}


def compiler():
    return call(["g++", "--version"]).splitlines()[0]


def compare(found, recorded):
    same_compiler = recorded["compiler"] == compiler()
    for case, now in found.items():
        before = recorded["cases"].get(case)
        if before is None:
            yield f"{case} has never been recorded"
            continue
        for name in ("allocations", "calls"):
            if now[name] != before[name]:
                yield f"{case}: {now[name]} {name} per operation, recorded were {before[name]}"
        if same_compiler and now["instructions"] > TOLERANCE * before["instructions"]:
            yield (
                f"{case}: {now['instructions']} instructions per operation, "
                f"recorded were {before['instructions']}"
            )
    if not same_compiler:
        print(f"recorded with {recorded['compiler']}: instructions are not compared")


def record(build):
    cases = measure_all(build)
    RECORD.write_text(json.dumps({"compiler": compiler(), "cases": cases}, indent=1) + "\n")
    print(f"{RECORD.relative_to(SOURCE)} written")


def check(build):
    recorded, found = json.loads(RECORD.read_text()), measure_all(build)
    for case, now in found.items():
        before = recorded["cases"].get(case, {}).get("instructions", 0)
        print(f"{case:18}{now['instructions']:10.2f} instructions, recorded {before:10.2f}")
    troubles = list(compare(found, recorded))
    if troubles:
        raise Problem("\n".join(troubles) + f"\nIf it is meant so: {sys.argv[0]} {build} --record")


if __name__ == "__main__":
    if sys.argv[2:] == ["--record"]:
        record(sys.argv[1])
    else:
        main(check, "BUILD")
