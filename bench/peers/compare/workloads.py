"""What is measured. A case is one block of the table: one kind of work, one size, one figure."""

from dataclasses import dataclass

from peers import HTTP


@dataclass(frozen=True)
class Case:
    work: str  # the programs' name for it
    size: int
    title: str
    unit: str
    kind: str = "time"  # time, echo, latency, memory, idle, ways, http, client, websocket
    figure: str = "cpu_ns"  # which figure of the program's line is compared
    also: tuple = ()  # further figures, shown beside
    depth: int = 1  # messages on their way on each connection
    quick: bool = False  # part of a quick run
    slow_size: int = 0  # the size for slow peers, where it is another
    counted: int = 0  # rounds for counting allocations; 0: they are not counted
    only: tuple = ()  # the only peers that it is about

    @property
    def workload(self):
        return self.work.split(".")[0]

    @property
    def key(self):
        return f"{self.work}/{self.size}"  # the same in each run; --json has it

    def concerns(self, peer, effort):
        """Two peers are only for what is about them, and one by one is not quick."""
        if peer == "sync" and effort.quick:
            return False
        return peer in self.only if self.only else peer not in ("sync", "threads", *HTTP)


def number(value):
    return f"{value:,}"


def echo(work, connections, depth, quick=False):
    way = f", {depth} messages on their way" if depth > 1 else ""
    plural = "s" if connections > 1 else ""
    title = f"echo of 64 bytes, {number(connections)} connection{plural}{way}"
    return Case(
        work, connections, title, "server CPU per request", "echo", "cpu_ns",
        ("per_second", "calls"), depth, quick,
    )


CASES = (
    *(echo("W1", n, 1, n == 50) for n in (1, 50, 1000, 10_000)),
    *(echo("W1p", n, 16, n == 50) for n in (1, 50, 1000)),
    Case("W2", 1000, "spawn and join, batches of 1,000", "CPU per task", quick=True, counted=20,
         also=("allocations", "peak_bytes")),
    Case("W3", 2, "switch between 2 tasks", "CPU per switch", quick=True, counted=2000,
         also=("allocations",)),
    Case("W3", 1000, "switch between 1,000 tasks", "CPU per switch"),
    Case("W4", 1000, "await a child that completes at once", "CPU per await", quick=True,
         counted=20, also=("allocations",)),
    Case("W5.sleeps", 100_000, "100,000 sleeps that end within 0.1 s", "CPU per sleep",
         also=("p50_us", "p99_us"), quick=True, slow_size=20_000),
    Case("W5.sleeps", 1_000_000, "1,000,000 sleeps that end within 1 s", "CPU per sleep",
         also=("p50_us", "p99_us"), slow_size=100_000),
    Case("W5.cancel", 100_000, "100,000 timers started, then cancelled", "CPU per timer",
         quick=True, slow_size=10_000, counted=1, also=("allocations", "peak_bytes")),
    Case("W5.cancel", 1_000_000, "1,000,000 timers started, then cancelled", "CPU per timer",
         slow_size=100_000),
    *(
        Case("W6", n, f"gather {number(n)}", "CPU per child", quick=n == 1000,
             counted=max(1, 10_000 // n), also=("allocations",))
        for n in (10, 1000, 100_000)
    ),
    *(
        Case("W7.queue", n, f"queue of capacity {number(n)}", "CPU per item", quick=n == 1,
             counted=10, also=("allocations",))
        for n in (1, 1000)
    ),
    Case("W7.free", 1, "semaphore, always free", "CPU per acquire and release", counted=2000,
         also=("allocations",)),
    Case("W7.contended", 100, "semaphore, 1 permit for 100 tasks", "CPU per acquire and release",
         quick=True, counted=20, also=("allocations",)),
    Case("W8.posts", 1_000_000, "1,000,000 posts from another thread", "time per post",
         figure="wall_ns", slow_size=100_000),
    Case("W8.posts", 100_000, "100,000 posts from another thread", "time per post",
         figure="wall_ns", quick=True, slow_size=20_000),
    Case("W8.wake", 500, "from a post to its callback, loop asleep (median)", "latency",
         "latency", "p50_us", ("p99_us",), quick=True),
    Case("W9.tasks", 16_384, "memory of a sleeping task or a waiting timer", "bytes", "memory",
         "bytes", quick=True),
    Case("W9.connections", 1024, "memory of an idle connection in the server", "bytes", "idle",
         "bytes", quick=True),
    Case("W10.requests", 100, "100 requests of 0.5 s each", "time in all", "ways", "seconds",
         ("megabytes", "threads"), quick=True, only=("sync", "threads", "aio", "mine")),
    Case("W10.waits", 10_000, "10,000 waits of 0.5 s each", "time in all", "ways", "seconds",
         ("megabytes", "kernel_megabytes", "threads"), quick=True,
         only=("threads", "aio", "mine", "asyncio")),
    Case("W11", 64, "a server of HTTP says hello, 64 connections", "server CPU per request", "http",
         also=("per_second",), quick=True, only=(
             "aio", "nginx", "evhttp", "beast", "hyper", "go", "node", "aiohttp", "uvicorn")),
    Case("W12", 100, "10,000 requests of HTTP to nginx, over 100 connections",
         "client CPU per request", "client", quick=True, only=("aio", "curl", "hyper", "aiohttp")),
    Case("W13", 1000, "a WebSocket echoes 64 bytes, 1,000 connections", "server CPU per message",
         "websocket", also=("per_second",), quick=True, only=("aio", "node", "websockets")),
)

NOTES = {
    "W1": "The clients run on a core of their own, the server on another one. Each peer is "
    "measured right beside raw epoll, and the ratio is that of the two. calls: system calls per "
    "request.",
    "W1p": "Each message is answered by itself. libuv, libevent, Asio, tokio, aio and raw epoll "
    "collect the answers by hand, and send once for all that came in one read; the Python loops "
    "are given a list of them.",
    "W2": "Raw epoll, libuv, libevent and Asio callbacks have no tasks.",
    "W3": "libuv has no tasks: idle handles, which cost a poll of the kernel per round. libevent "
    "has none: events that make each other active. Asio: a post.",
    "W4": "tokio's compiler makes one function of caller and child. A C++ coroutine that is "
    "awaited has a frame of its own.",
    "W5": "lateness: median and 99th percentile of the time from the deadline to the task's "
    "turn. libuv counts in milliseconds. Raw epoll has a heap of callbacks and nothing to cancel.",
    "W6": "Asio and tokio have no gather: as many tasks, and all their results.",
    "W7": "Asio has a channel, which is a queue, and no semaphore.",
    "W8": "libuv, libevent and raw epoll can only be woken: beside them lies a locked list of "
    "callbacks. tokio: a task is spawned from outside.",
    "W9": "What the allocator gave, its own bookkeeping included, per task: the difference of "
    "two runs. Python's small objects are counted one by one. Asio and tokio keep a buffer of 4 "
    "or 8 KiB in each connection.",
    "W10": "One by one is measured once, not in a quick run, and 10,000 waits in turn are left "
    "out: they would take 83 minutes. MB: memory of the process, and what the kernel keeps for "
    "its threads.",
    "W11": "Under wrk, on a core of its own; each server has one thread on the other core, but for "
    "Go's own. nginx answers with `return 200`, and all keep connections alive.",
    "W12": "nginx runs on the other core. libcurl is used by its multi interface, with its own "
    "wait.",
    "W13": "One message is on its way on each connection, without compression.",
}


def cases(workloads, quick):
    known = list(dict.fromkeys(case.workload for case in CASES))
    for name in workloads:
        if name not in known:
            raise ValueError(f"there is no workload {name}; there are: {', '.join(known)}")
    chosen = [c for c in CASES if not workloads or c.workload in workloads]
    return [c for c in chosen if c.quick] if quick else chosen
