"""What our server of HTTP costs once it is warm: one call to read and one to write a request, no
more than two allocations, and no more memory for an idle connection than a stream has, and 300
bytes; with 10,000 of them, if LOOPWRIGHT_LONG is set. Counts, no times."""

import os
import re
import resource
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from http_support import LIMIT, LOCAL, our_server
from kit import Problem, main

REQUEST = b"GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
CONNECTIONS = 10
FEW = 100  # idle connections, and more of them; memory comes in slices of 64 KiB, small beside it
IDLE = 10_000 if os.environ.get("LOOPWRIGHT_LONG") else 4000
ALLOWED = 300  # bytes, more than those of a stream


def ask(peer, request=REQUEST, end=b"hello\n"):
    """One request, and all of its answer."""
    peer.sendall(request)
    came = b""
    while not came.endswith(end):
        more = peer.recv(65536)
        if not more:
            raise Problem("the server closes a connection that is kept alive")
        came += more


def connected(stack, port, count):
    """One by one, each answered before the next."""
    for _ in range(count):
        yield stack.enter_context(socket.create_connection((LOCAL, port), LIMIT))


def calls(program, folder, requests):
    """How often the server has made each system call, for so many requests."""
    summary = Path(folder, f"strace-{requests}")
    strace = ("strace", "-f", "-c", "-U", "calls,name", "-o", summary, program)
    server = subprocess.Popen(strace, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        port = int(server.stdout.readline())
        with ExitStack() as stack:
            peers = list(connected(stack, port, CONNECTIONS))
            for number in range(requests):
                ask(peers[number % CONNECTIONS])
    finally:
        os.killpg(server.pid, 2)
        server.communicate(timeout=LIMIT)
    return {name: int(n) for n, name in re.findall(r"^ *(\d+) (\w+)$", summary.read_text(), re.M)}


def check_calls(program, folder):
    few, many = (calls(program, folder, n) for n in (200, 1200))
    more = {name: many[name] - few.get(name, 0) for name in many if name != "total"}
    about = {name: round(n, -2) for name, n in more.items() if "epoll" not in name}
    if {name: n for name, n in about.items() if n} != {"recvfrom": 1000, "sendto": 1000}:
        raise Problem(f"1,000 requests take other calls than a read and a write each: {more}")


class Counted:
    """Our server, whose allocations are counted (bench/peers/harness/counters.cpp)."""

    def __init__(self, program, folder, *how):
        self.file = Path(folder, f"counters{'-'.join(how)}")
        library = Path(program).parent / "libpeer-counters.so"
        self.command = ("env", f"LD_PRELOAD={library}", f"LOOPWRIGHT_COUNTERS={self.file}")
        self.command += (program, *how)

    def allocations(self):
        return int.from_bytes(self.file.read_bytes()[:8], "little")

    def bytes(self):
        return int.from_bytes(self.file.read_bytes()[8:16], "little")


def check_allocations(program, folder):
    counted = Counted(program, folder)
    with our_server(*counted.command) as (port,), ExitStack() as stack:
        peers = list(connected(stack, port, CONNECTIONS))
        for number in range(1200):
            if number == 200:
                before = counted.allocations()
            ask(peers[number % CONNECTIONS])
        made = (counted.allocations() - before) / 1000
    if made > 2:
        raise Problem(f"a request takes {made} allocations, more than 2")
    return made


def bytes_of_idle(program, folder, how, request, end):
    """What a connection holds on to that has asked once and waits."""
    counted = Counted(program, folder, *how)
    with our_server(*counted.command) as (port,), ExitStack() as stack:
        found = []
        for count in (FEW, IDLE):
            for peer in connected(stack, port, count):
                ask(peer, request, end)
            found.append(counted.bytes())
    return (found[1] - found[0]) / IDLE


def check_memory(program, folder):
    stream = bytes_of_idle(program, folder, ("--streams",), b"hello\n", b"hello\n")
    idle = bytes_of_idle(program, folder, (), REQUEST, b"hello\n")
    if stream < 100:
        raise Problem(f"nothing was counted: {stream} bytes")
    if idle > stream + ALLOWED:
        raise Problem(f"an idle connection takes {idle:.0f} bytes, a stream {stream:.0f}")
    return f"an idle connection takes {idle:.0f} bytes, a stream {stream:.0f}"


def check(program):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        check_calls(program, folder)
        made = check_allocations(program, folder)
        said = check_memory(program, folder)
    print(f"a request takes a read, a write and {made:.2f} allocations; of {IDLE:,}, {said}")


main(check, "program")
