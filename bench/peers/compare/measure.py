"""One measurement of one peer, of each kind. Figures are returned by name."""

import os
import re
import shutil
import time

from child import CORES, Failed, Lacking, counted, counters, first_line, lines_of, started
from peers import BIN, BY_KEY, OURS

RAW = BY_KEY["raw"]
LIMIT = 120  # seconds that a program may take before it counts as hanging
PER_ROUND = {"W7.queue": 1000}  # operations in a round, where it is not the size


class Effort:
    """How long each measurement lasts."""

    def __init__(self, quick, limit=LIMIT):
        self.quick = quick
        self.program = 0.06 if quick else 0.25
        self.load = 0.2 if quick else 1.0
        self.limit = limit


def measure(case, peer, effort):
    """The figures of one run."""
    kinds = {
        "echo": _echo, "memory": _memory, "idle": _idle, "http": _http, "client": _client,
        "websocket": _websocket,
    }  # fmt: skip
    return kinds.get(case.kind, _program)(case, peer, effort)


def size_for(case, peer):
    return case.slow_size if peer.slow and case.slow_size else case.size


def _program(case, peer, effort):
    threaded = case.workload in ("W8", "W10")
    command = [*peer.command, case.work, size_for(case, peer), "--seconds", effort.program]
    return lines_of(command, effort.limit, None if threaded else CORES[-1])[0]


# ── W1: a server, and the load beside it ──


def _echo(case, peer, effort, environment=None, file=None, seconds=None):
    with started([*peer.command, case.work, 0], CORES[0], environment) as server:
        port = first_line(server, effort.limit)["port"]
        load = [BIN / "peer-load", port, server.pid, case.size, case.depth]
        load += [seconds or effort.load] + ([file] if file else [])
        return lines_of(load, effort.limit, CORES[-1])[0]


# ── W11 to W13: HTTP; the runtime has a program of its own for it ──


def _command(peer, work, size=0):
    if peer.key != "aio":
        return [*peer.command, work, size]
    if not os.access(OURS, os.X_OK):
        raise Lacking
    return [OURS, work, size]


def _cpu_seconds(pid):
    """Of all threads of a process, as clock_getcpuclockid() has it."""
    return time.clock_gettime((~pid << 3) | 2)


def _http(case, peer, effort):
    with started(_command(peer, case.work), CORES[0]) as server:
        url = f"http://127.0.0.1:{first_line(server, effort.limit)['port']}/"
        _wrk(url, case.size, effort)  # warms up
        before = _cpu_seconds(server.pid)
        requests, seconds = _wrk(url, case.size, effort)
        cpu = _cpu_seconds(server.pid) - before
    return {"cpu_ns": 1e9 * cpu / requests, "per_second": requests / seconds}


def _wrk(url, connections, effort):
    """How many requests were answered, and in how many seconds."""
    if not (wrk := shutil.which("wrk")):
        raise Failed("there is no wrk")
    command = [wrk, "-t1", f"-c{connections}", "-d1s", url]
    with started(command, CORES[-1]) as child:
        said = child.communicate(timeout=effort.limit)[0]
    found = re.search(r"(\d+) requests in ([\d.]+)s", said)
    if not found or int(found[1]) == 0 or "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"wrk is not content: {said}")
    return int(found[1]), float(found[2])


def _client(case, peer, effort):
    with started(_command(BY_KEY["nginx"], "W11"), CORES[0]) as server:
        port = first_line(server, effort.limit)["port"]
        return lines_of(_command(peer, case.work, port), effort.limit, CORES[-1])[0]


def _websocket(case, peer, effort):
    found = {"NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs"}
    with started(_command(peer, case.work), CORES[0], found) as server:
        port = first_line(server, effort.limit)["port"]
        load = [BIN / "peer-load", port, server.pid, case.size, 1, effort.load, "--websocket"]
        return lines_of(load, effort.limit, CORES[-1])[0]


# ── counting: the same programs, counted and not timed ──


def count(case, peer, effort):
    """Allocations and bytes per operation, or system calls per request: they do not vary."""
    if case.kind == "echo":
        with counters() as (file, environment):
            long_enough = 0.2 + case.size / 5000  # a few rounds of all connections
            found = _echo(case, peer, effort, environment, file, seconds=long_enough)
        return {name: found[name] for name in ("calls", "allocations")}
    if not case.counted:
        return {}
    size = min(size_for(case, peer), 10_000)
    short = _count_program(case, peer, effort, size, case.counted)
    long = _count_program(case, peer, effort, size, 3 * case.counted)
    operations = 2 * case.counted * PER_ROUND.get(case.work, size)
    found = {"allocations": (long["allocations"] - short["allocations"]) / operations}
    if "peak_bytes" in case.also:
        double = _count_program(case, peer, effort, 2 * size, case.counted)
        found["peak_bytes"] = (double["peak"] - short["peak"]) / size
    return found


def _count_program(case, peer, effort, size, rounds):
    with counters() as (file, environment):
        command = [*peer.command, case.work, size, "--rounds", rounds]
        lines_of(command, effort.limit, CORES[-1], environment)
        return counted(file)


# ── W9: what lies in memory while nothing happens ──


def _memory(case, peer, effort):
    few, many = (_sleeping(case, peer, effort, n) for n in (case.size, 2 * case.size))
    return {"bytes": (many - few) / case.size}


def _sleeping(case, peer, effort, size):
    with counters() as (file, environment):
        with started([*peer.command, case.work, size], CORES[-1], environment) as child:
            first_line(child, effort.limit)
            return counted(file)["live"]


def _idle(case, peer, effort):
    few, many = (_connected(peer, effort, n) for n in (case.size, 2 * case.size))
    return {"bytes": (many - few) / case.size}


def _connected(peer, effort, connections):
    with counters() as (file, environment):
        with started([*peer.command, "W1", 0], CORES[0], environment) as server:
            port = first_line(server, effort.limit)["port"]
            load = [BIN / "peer-load", port, server.pid, connections, 1, 0]
            with started(load, CORES[-1]) as clients:
                first_line(clients, effort.limit)
                return counted(file)["live"]


def pair_with_raw(case, peer, effort, raw_first):
    """The peer and, right beside it, raw epoll: (figures, raw's figures)."""
    if peer == RAW:
        found = measure(case, peer, effort)
        return found, found
    first, second = (RAW, peer) if raw_first else (peer, RAW)
    one, other = measure(case, first, effort), measure(case, second, effort)
    return (other, one) if raw_first else (one, other)
