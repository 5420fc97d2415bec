"""./learn compare, in small: what it prints and writes, and what it does about peers that are
missing or hang, and about Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from kit import SOURCE, Problem, main
from processes import marked, processes

PATIENCE = 120  # seconds


class Run:
    """./learn compare, without the installing and the coach before it."""

    def __init__(self, build, *arguments, modules=None):
        self.command = [sys.executable, str(SOURCE / "bench/peers/compare"), *map(str, arguments)]
        self.environment = marked(
            dict(os.environ, COLUMNS="60", LOOPWRIGHT_COMPARE_IN=str(build))
        )
        if modules:
            self.environment["PYTHONPATH"] = str(modules)

    def start(self):
        return subprocess.Popen(
            self.command, cwd=SOURCE, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def finish(self):
        child = self.start()
        said = child.communicate(timeout=PATIENCE)[0]
        if child.returncode != 0:
            raise Problem(f"{self.command} exits with {child.returncode}:\n{said}")
        return said


def expect(said, *parts):
    missing = [part for part in parts if part not in said]
    if missing:
        raise Problem(f"missing {missing} in:\n{said}")


def expect_nothing_running():
    for _ in range(50):
        if not processes():
            return
        time.sleep(0.1)
    raise Problem(f"left running: {processes()}")


def check_table_and_files(build, folder):
    results, text, page = (folder / name for name in ("all.json", "all.md", "all.html"))
    said = Run(
        build, "--quick", "--rounds", 2, "--peers", "aio,asyncio", "W1", "W4",
        "--json", results, "--markdown", text, "--page", page,
    ).finish()
    expect(said, "echo of 64 bytes", "await a child", "raw epoll", "aio", "asyncio", "calls")
    too_wide = [line for line in said.splitlines() if len(line) > 60 and str(folder) not in line]
    if too_wide:
        raise Problem(f"wider than the terminal: {too_wide}")
    check_json(json.loads(results.read_text()))
    expect(text.read_text(), "| aio |", "| asyncio |", "Where others are ahead", "Machine: ")
    expect(page.read_text(), "<svg", "asyncio", "</html>")
    again = Run(build, "--from", results).finish()
    expect(again, "await a child", "asyncio")


def check_json(about):
    for part in ("machine", "versions", "flags", "command", "missing", "troubles"):
        if part not in about:
            raise Problem(f"the JSON has no {part}")
    if about["troubles"]:
        raise Problem(f"troubles: {about['troubles']}")
    found = {(r["case"], r["peer"]): r for r in about["results"]}
    if set(found) != {(case, peer) for case in ("W1/50", "W4/1000") for peer in ("aio", "asyncio")}:
        raise Problem(f"measured were {sorted(found)}")
    for one in found.values():
        if len(one["values"]) != 2 or min(one["values"]) <= 0 or one["ratio"] <= 0:
            raise Problem(f"not a measurement: {one}")
    if found["W4/1000", "aio"]["more"]["allocations"] != 0:
        raise Problem(f"awaiting a child allocates: {found['W4/1000', 'aio']}")
    if not 2 <= found["W1/50", "aio"]["more"]["calls"] <= 3.1:
        raise Problem(f"system calls per request: {found['W1/50', 'aio']}")


def row(sample, case, peer, values):
    """A result with these figures, round by round."""
    size = int(case.split("/")[1])
    return {**sample, "case": case, "peer": peer, "values": values, "median": median(values),
            "size": size}  # fmt: skip


def check_promises(build, folder):
    """A promise beside a peer says how many times the runtime takes, or how many times less."""
    about = json.loads((folder / "all.json").read_text())  # as the first check wrote it
    sample = about["results"][0]
    about["results"] = [
        row(sample, case, peer, [value])
        for case, peer, value in (
            ("W8.wake/500", "aio", 1.05), ("W8.wake/500", "raw", 1.0),
            ("W8.posts/1000000", "aio", 3.0), ("W8.posts/1000000", "libuv", 2.0),
            ("W4/1000", "aio", 1.0), ("W4/1000", "asio-coroutines", 1.6),
            ("W3/2", "aio", 1.0), ("W3/2", "libevent", 2.5),
        )
    ]
    source, text = folder / "promises.json", folder / "promises.md"
    source.write_text(json.dumps(about))
    said = Run(build, "--from", source, "--markdown", text).finish()
    expect(
        text.read_text(),
        "| W8.wake/500 | at most 1.05 times that of raw | 1.05 times | kept |",
        "| W8.posts/1000000 | at most 1.00 times that of libuv | 1.50 times | missed |",
        "| W4/1000 | 1.6 times less than that of asio-coroutines | 1.60 times | kept |",
        "| W3/2 | 3 times less than that of libevent | 2.50 times | missed |",
    )
    missed = "missed: W8.posts/1000000: at most 1.00 times that of libuv; found 1.50 times"
    expect(" ".join(said.split()), missed)


def check_noise(build, folder):
    """What the spread has room for is neither kept nor missed, and no tie is a loss; a promise is
    kept, or missed, if it is in each run."""
    about = json.loads((folder / "all.json").read_text())
    sample = next(one for one in about["results"] if one["case"] == "W4/1000")
    clear, near = [1.0, 1.1, 1.0, 1.1], [0.9, 1.2, 0.9, 1.2]
    files = []
    for run, wakes in enumerate((clear, clear, near)):
        case = "W8.wake/500"
        about["results"] = [
            {**row(sample, case, "aio", wakes), "ratios": [1, 1, 1, 1], "disturbed": 1},
            {**row(sample, case, "raw", [1.2] * 4), "ratios": [1.2 / one for one in wakes]},
            row(sample, "W8.posts/1000000", "aio", near),
            row(sample, "W8.posts/1000000", "libuv", [1.0] * 4),
        ]
        files.append(folder / f"run{run}.json")
        files[-1].write_text(json.dumps(about))
    text = folder / "noise.md"
    Run(build, "--from", files[2], "--markdown", text).finish()
    expect(
        text.read_text(), "| W8.posts/1000000 | at most 1.00 times that of libuv | 1.05 times | close |",
        "1 of 4 rounds disturbed", "| 1.00–1.33 | a tie",
    )  # fmt: skip
    said = Run(build, "--from", *files, "--markdown", text).finish()
    expect(text.read_text(), "medians of 6 rounds of 3 runs", "3 of 12 rounds disturbed")
    expect(text.read_text(), "| W8.wake/500 | at most 1.05 times that of raw | 0.88 times | kept |")
    expect(" ".join(said.split()), "too close to say: W8.posts/1000000: at most 1.00 times")


def uvloop(folder, code):
    """A module that stands before the real one."""
    modules = folder / "modules"
    modules.mkdir(exist_ok=True)
    (modules / "uvloop.py").write_text(code)
    return modules


def check_missing_peer(build, folder):
    modules = uvloop(folder, "raise ImportError\n")
    arguments = ("--quick", "--rounds", 1, "--peers", "aio,uvloop", "W4")
    said = Run(build, *arguments, modules=modules).finish()
    expect(said, "uvloop: not installed; it needs: python3 python3-uvloop", "await a child", "aio")


def check_hanging_peer(build, folder):
    modules = uvloop(folder, "import time\ndef install():\n    time.sleep(1000)\n")
    arguments = ("--quick", "--rounds", 1, "--limit", 5, "--peers", "aio,uvloop", "W1", "W4")
    said = Run(build, *arguments, modules=modules).finish()
    expect(said, "uvloop, W4/1000: did not end within 5 s and was ended", "await a child")
    expect(said, "uvloop, W1/50: said nothing for 5 s and was ended", "echo of 64 bytes")
    expect_nothing_running()


def check_interrupt(build, folder):
    modules = uvloop(folder, "import time\ndef install():\n    time.sleep(1000)\n")
    child = Run(build, "--quick", "--peers", "uvloop", "W1", modules=modules).start()
    deadline = time.monotonic() + PATIENCE
    while not any("peer-raw" in line or "asyncio_peer" in line for line in processes().values()):
        if time.monotonic() > deadline or child.poll() is not None:
            raise Problem(f"no peer is started: {child.communicate()[0]}")
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=PATIENCE)[0]
    if child.returncode != 130:
        raise Problem(f"after Ctrl-C: exits with {child.returncode}:\n{said}")
    expect_nothing_running()


def check(build):
    build = Path(build).resolve()
    with tempfile.TemporaryDirectory() as name:
        for one in (
            check_table_and_files, check_promises, check_noise, check_missing_peer,
            check_hanging_peer, check_interrupt,
        ):
            one(build, Path(name))
            print(f"{one.__name__} passed")


main(check, "BUILD")
