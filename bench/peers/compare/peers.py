"""Who is compared: each peer, the packages it needs, and how its program is started."""

import os
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("LOOPWRIGHT_COMPARE_IN", SOURCE / "build/release"))
BIN = BUILD / "bin"
PYTHON = "/usr/bin/python3"  # Debian's, for which python3-uvloop is made


@dataclass(frozen=True)
class Peer:
    key: str  # what --peers takes
    title: str
    packages: tuple = ()
    command: tuple = ()
    target: str = ""  # what CMake builds
    slow: bool = False  # sizes that take others a second take it a minute
    module: str = ""  # what Python needs to have


def built(key, title, *packages):
    """A program of ours that CMake builds."""
    target = {"mine": "peer-aio-mine"}.get(key, f"peer-{key}")
    return Peer(key, title, packages, (str(BIN / target),), target)


def python(key, title, packages, *options):
    program = str(SOURCE / "bench/peers/asyncio_peer.py")
    return Peer(key, title, packages, (PYTHON, program, *options), slow=True, module=key)


def rust(key, *packages):
    """A crate that cargo builds."""
    program = str(BUILD / key / f"target/release/peer-{key}")
    return Peer(key, key, ("cargo", "rustc", *packages), (program,))


def interpreted(key, title, interpreter, script, *packages, module=""):
    program = (interpreter, str(SOURCE / "bench/peers/http" / script))
    return Peer(key, title, packages, (*program, key) if module else program, module=module)


def of_python(key, package):
    return interpreted(key, key, PYTHON, "python_peer.py", package, module=key)


TOKIO = rust("tokio", "librust-tokio-dev")
HYPER = rust("hyper", "librust-hyper-dev", "librust-tokio-dev")
GO = Peer("go", "Go net/http", ("golang-go",), (str(BUILD / "go/peer-go"),))

PEERS = (
    built("raw", "raw epoll"),
    built("aio", "aio"),
    built("mine", "aio (yours)"),
    built("libuv", "libuv", "libuv1-dev"),
    built("asio-coroutines", "Asio coroutines", "libasio-dev"),
    built("asio-callbacks", "Asio callbacks", "libasio-dev"),
    built("libevent", "libevent", "libevent-dev"),
    TOKIO,
    python("uvloop", "uvloop", ("python3", "python3-uvloop"), "--uvloop"),
    python("asyncio", "asyncio", ("python3",)),
    built("threads", "a thread each"),
    built("sync", "one by one"),
    interpreted("nginx", "nginx", PYTHON, "nginx_peer.py", "nginx-light"),
    built("evhttp", "libevent evhttp", "libevent-dev"),
    built("beast", "Boost.Beast", "libboost-dev"),
    HYPER,
    GO,
    built("curl", "libcurl multi", "libcurl4-openssl-dev"),
    interpreted("node", "Node", "node", "node.js", "nodejs", "node-ws"),
    of_python("aiohttp", "python3-aiohttp"),
    of_python("uvicorn", "uvicorn"),
    of_python("websockets", "python3-websockets"),
)
BY_KEY = {peer.key: peer for peer in PEERS}
HTTP = tuple(peer.key for peer in PEERS[PEERS.index(BY_KEY["sync"]) + 1 :])  # and nothing else
OURS = str(BIN / "peer-http")  # the runtime's program for these


def chosen(keys, with_mine):
    """The peers of a comparison, in their order; all of them when none is named."""
    unknown = [key for key in keys if key not in BY_KEY]
    if unknown:
        raise ValueError(f"there is no peer {unknown[0]}; there are: {', '.join(BY_KEY)}")
    wanted = set(keys or BY_KEY) - {"mine"} | ({"mine"} if with_mine or "mine" in keys else set())
    return [peer for peer in PEERS if peer.key in wanted]
