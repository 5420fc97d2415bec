"""No collection costs more for each child when it has more of them: instructions, counted for 10,
1,000 and 100,000 children. Times are asserted nowhere."""

import re
from pathlib import Path

from kit import Problem, call, main

COLLECTIONS = "wait as_completed gather event overtaken priority_queue callbacks".split()
SIZES = [10, 1_000, 100_000]
MOST = 1.6  # a heap's logarithm; what is quadratic would be a hundred times as much


def instructions(program, collection, count):
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    said = call([*valgrind, program, collection, str(count)])
    return int(re.search(r"Collected : (\d+)", said)[1])


def each(program, collection, count):
    """What one more child costs: starting up does not count."""
    less = count // 2
    more = instructions(program, collection, count) - instructions(program, collection, less)
    return more / (count - less)


def check(build):
    program, troubles = Path(build).resolve() / "bin/kit-growth", []
    for collection in COLLECTIONS:
        costs = [each(program, collection, size) for size in SIZES]
        ratio = costs[-1] / costs[1]
        print(f"{collection:16}" + "".join(f"{cost:10.0f}" for cost in costs) + f"{ratio:8.2f}")
        if ratio > MOST:
            troubles.append(f"{collection}: a child costs {ratio:.2f} times as much among 100,000")
    if troubles:
        raise Problem("\n".join(troubles))


main(check, "BUILD")
