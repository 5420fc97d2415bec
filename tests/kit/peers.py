"""The programs of bench/peers that can be built here: each does all its work in small, and its
server answers every message, in whatever pieces it comes. Those of HTTP answer a request."""

import json
import socket
import subprocess
import sys
from pathlib import Path

from kit import SOURCE, Problem, main

WORKS = {
    "W2": 10, "W3": 2, "W4": 10, "W5.sleeps": 100, "W5.cancel": 100, "W6": 10, "W7.queue": 1,
    "W7.free": 1, "W7.contended": 3, "W8.posts": 100, "W8.wake": 20, "W10.waits": 3,
}  # fmt: skip
LACKING = 3  # the exit status of a peer that has no such thing
LIMIT = 60  # seconds
MESSAGE = 64
HTTP = ("peer-http", "peer-evhttp", "peer-beast")


def programs(build):
    """Peers' commands, by name."""
    found = {path.name: [str(path)] for path in sorted((build / "bin").glob("peer-*"))}
    asyncio = [sys.executable, str(SOURCE / "bench/peers/asyncio_peer.py")]
    not_ours = ("peer-load", "peer-aio-mine", "peer-curl", *HTTP)  # no peer; a learner's
    return {**{n: c for n, c in found.items() if n not in not_ours}, "asyncio": asyncio}


def check_hello(name, command):
    """A server of HTTP says hello, twice on one connection."""
    request = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    server = subprocess.Popen([command, "W11", "0"], text=True, stdout=subprocess.PIPE)
    try:
        port = json.loads(server.stdout.readline())["port"]
        with socket.create_connection(("127.0.0.1", port), LIMIT) as client:
            for _ in range(2):
                client.sendall(request)
                answer = b""
                while not answer.endswith(b"\r\n\r\nhello\n"):
                    more = client.recv(65536)
                    if not more:
                        raise Problem(f"{name} W11 answers {answer}")
                    answer += more
    finally:
        server.kill()
        server.communicate()


def check_work(name, command, work, size):
    done = subprocess.run(
        [*command, work, str(size), "--rounds", "2"], text=True, timeout=LIMIT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    if done.returncode == LACKING:
        return False
    if done.returncode != 0:
        raise Problem(f"{name} {work} exits with {done.returncode}: {done.stderr}")
    said = json.loads(done.stdout)
    if said["operations"] <= 0 or said["wall_ns"] <= 0:
        raise Problem(f"{name} {work} measures nothing: {said}")
    return True


def check_echo(name, command, work):
    """Messages that all differ, sent in pieces of an odd size, come back as they were."""
    sent = b"".join(f"message {i}".encode().ljust(MESSAGE) for i in range(200))
    server = subprocess.Popen(
        [*command, work, "0"], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        first = server.stdout.readline()
        if not first:
            if server.wait(LIMIT) == LACKING:
                return False
            raise Problem(f"{name} {work} does not serve")
        with socket.create_connection(("127.0.0.1", json.loads(first)["port"]), LIMIT) as client:
            client.settimeout(LIMIT)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if echoed(client, sent, pieces=37) != sent:
                raise Problem(f"{name} {work} does not echo what it is sent")
    finally:
        server.kill()
        server.communicate()
    return True


def echoed(client, sent, pieces):
    for at in range(0, len(sent), pieces):
        client.sendall(sent[at : at + pieces])
    received = b""
    while len(received) < len(sent):
        more = client.recv(65536)
        if not more:
            break
        received += more
    return received


def check(build):
    for name, command in programs(Path(build).resolve()).items():
        done = [work for work, size in WORKS.items() if check_work(name, command, work, size)]
        done += [work for work in ("W1", "W1p") if check_echo(name, command, work)]
        print(f"{name:24} {' '.join(done)}")
        if not done:
            raise Problem(f"{name} does nothing")
    for name in HTTP:
        command = Path(build).resolve() / "bin" / name
        if command.exists():
            check_hello(name, command)
            print(f"{name:24} W11")


main(check, "BUILD")
