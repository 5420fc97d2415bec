"""No collection costs more for each child when it has more of them: instructions, counted for 10,
1,000 and COUNT children. Times are asserted nowhere."""

import re
from pathlib import Path

from kit import Problem, call, main

COLLECTIONS = (
    "wait as_completed gather event cancelled getters putters overtaken priority_queue lock "
    "semaphore condition timers sleepers shielded callbacks removed "
    "ending chain"
).split()
MOST = 1.6  # a heap's logarithm; what is quadratic would be ten times as much, or a hundred


def instructions(program, collection, count):
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    said = call([*valgrind, program, collection, str(count)])
    return int(re.search(r"Collected : (\d+)", said)[1])


def check(build, most):
    program, troubles = Path(build).resolve() / "bin/kit-growth", []
    sizes = [1, 10, 1_000, int(most)]
    print(f"instructions for a child among {sizes[1:]}, and how the last two compare")
    for collection in COLLECTIONS:
        counted = [instructions(program, collection, size) for size in sizes]
        steps = zip(sizes, sizes[1:], counted, counted[1:])
        costs = [(after - before) / (more - less) for less, more, before, after in steps]
        ratio = costs[-1] / costs[-2]
        print(f"{collection:16}" + "".join(f"{cost:10.0f}" for cost in costs) + f"{ratio:8.2f}")
        if ratio > MOST:
            troubles.append(f"{collection}: a child costs {ratio:.2f} times as much among {most}")
    if troubles:
        raise Problem("\n".join(troubles))


main(check, "BUILD", "COUNT")
