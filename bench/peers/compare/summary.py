"""README's table: eight rows of bench/RESULTS.md. `python3 bench/peers/compare/summary.py` prints it."""

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
LOOPS = ("libuv", "Asio coroutines", "Asio callbacks", "libevent")  # in C and C++
ROWS = {  # the title in RESULTS.md, and what README calls it
    "echo of 64 bytes, 50 connections": "echo of 64 bytes, 50 connections: CPU per request",
    "echo of 64 bytes, 50 connections, 16 messages on their way":
        "the same, 16 messages on their way",
    "spawn and join, batches of 1,000": "spawn a task and join it",
    "switch between 2 tasks": "switch between two tasks",
    "1,000,000 sleeps that end within 1 s": "one of a million sleeps",
    "gather 1,000": "gather: a child of 1,000",
    "queue of capacity 1": "an item through a queue",
    "memory of a sleeping task or a waiting timer": "memory of a sleeping task",
}  # fmt: skip


def summary(results):
    """The lines of the table, from the text of RESULTS.md."""
    found = cases(results)
    yield "| | aio | best loop in C or C++ | tokio | asyncio | raw epoll |"
    yield "|---|---:|---:|---:|---:|---:|"
    for title, name in ROWS.items():
        of_it = found[title]
        cells = [of_it["aio"], best(of_it), *(of_it.get(p, "–") for p in ("tokio", "asyncio"))]
        yield f"| {name} | {' | '.join([*cells, of_it.get('raw epoll', '–')])} |"


def cases(results):
    """For each title, what each peer takes: {"gather 10": {"aio": "9.21 ns", …}, …}."""
    found = {}
    for part in re.split(r"^### ", results, flags=re.M)[1:]:
        title, *lines = part.split("\n")
        rows = [re.split(r" *\| *", line.strip("| ")) for line in lines if line.startswith("| ")]
        found[title] = {cells[0]: cells[1] for cells in rows if len(cells) > 2}
    return found


def best(of_it):
    name = min((one for one in LOOPS if one in of_it), key=lambda one: amount(of_it[one]))
    return f"{of_it[name]} ({name})"


def amount(figure):
    """Nanoseconds, or bytes."""
    number, unit = figure.replace(",", "").split(" ")
    return float(number) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9, "B": 1}[unit]


if __name__ == "__main__":
    print("\n".join(summary((SOURCE / "bench/RESULTS.md").read_text())))
