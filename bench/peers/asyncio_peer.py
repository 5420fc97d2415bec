"""CPython's asyncio, and with --uvloop the same programs on uvloop's loop."""

import asyncio
import ctypes
import json
import math
import resource
import signal
import sys
import threading
import time

LACKING = 3
MESSAGE = 64
ITEMS_EACH_ROUND = 1000
WATCHED_TIMERS = 64
PR_SET_PDEATHSIG = 1


class Dice:
    """The numbers of harness/sizes.hpp."""

    def __init__(self):
        self.state = 1

    def below(self, end):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % end

    def nap(self, size):
        return self.below(size) / 1e6

    def far(self):
        return (1000 + self.below(99_000)) / 1e3


def figures(times):
    ordered = sorted(times)
    at = lambda part: 1e6 * ordered[int(part * (len(ordered) - 1))]
    return {"p50_us": at(0.5), "p99_us": at(0.99)} if ordered else {}


# ── W1: echo ──


class Echo(asyncio.Protocol):
    """Answers each message; what came together is answered together."""

    def connection_made(self, transport):
        self.transport = transport
        self.rest = b""

    def data_received(self, data):
        if self.rest:
            data = self.rest + data
        end = len(data) - len(data) % MESSAGE
        self.rest = data[end:]
        if end == MESSAGE:
            self.transport.write(data[:end])
        elif end:
            answers = [data[at : at + MESSAGE] for at in range(0, end, MESSAGE)]
            self.transport.writelines(answers)


async def serve_echo(size, rounds):
    server = await asyncio.get_running_loop().create_server(
        Echo, "127.0.0.1", 0, backlog=4096
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


# ── W2, W3, W4: tasks ──


async def trivial():
    pass


async def spawn(size, rounds):
    for _ in range(rounds):
        tasks = [asyncio.create_task(trivial()) for _ in range(size)]
        for task in tasks:
            await task
    return size * rounds, {}


async def take_turns(turns):
    for _ in range(turns):
        await asyncio.sleep(0)


async def switch_tasks(size, rounds):
    await asyncio.gather(*(take_turns(rounds) for _ in range(size)))
    return size * rounds, {}


async def child(value):
    return value


async def await_child(size, rounds):
    total = 0
    for value in range(size * rounds):
        total += await child(value)
    return size * rounds, {}


# ── W5: timers ──


async def nap(seconds, watched):
    due = time.monotonic() + seconds
    await asyncio.sleep(seconds)
    if watched is not None:
        watched.append(time.monotonic() - due)


async def sleeps(size, rounds):
    dice, lateness = Dice(), []
    tasks = [
        asyncio.create_task(nap(dice.nap(size), lateness if i % WATCHED_TIMERS == 0 else None))
        for i in range(size)
    ]
    for task in tasks:
        await task
    return size, figures(lateness)


async def cancel_timers(size, rounds):
    loop, dice = asyncio.get_running_loop(), Dice()
    for _ in range(rounds):
        timers = [loop.call_later(dice.far(), int) for _ in range(size)]
        for timer in timers:
            timer.cancel()
        await asyncio.sleep(0)  # cancelled timers are removed by the loop
    return size * rounds, {}


# ── W6, W7: gather, queue, semaphore ──


async def gather(size, rounds):
    for _ in range(rounds):
        sum(await asyncio.gather(*(child(i) for i in range(size))))
    return size * rounds, {}


async def queue_items(size, rounds):
    queue, items = asyncio.Queue(size), rounds * ITEMS_EACH_ROUND

    async def produce():
        for i in range(items):
            await queue.put(i)

    async def consume():
        for _ in range(items):
            await queue.get()

    await asyncio.gather(produce(), consume())
    return items, {}


async def semaphore_free(size, rounds):
    semaphore = asyncio.Semaphore(1)
    for _ in range(size * rounds):
        await semaphore.acquire()
        semaphore.release()
    return size * rounds, {}


async def semaphore_contended(size, rounds):
    semaphore = asyncio.Semaphore(1)

    async def hold_in_turn():
        for _ in range(rounds):
            await semaphore.acquire()
            await asyncio.sleep(0)
            semaphore.release()

    await asyncio.gather(*(hold_in_turn() for _ in range(size)))
    return size * rounds, {}


# ── W8: posts from another thread ──


async def posts(size, rounds):
    loop, done, ran = asyncio.get_running_loop(), asyncio.Event(), 0

    def run():
        nonlocal ran
        ran += 1
        if ran == size:
            done.set()

    def post_all():
        for _ in range(size):
            loop.call_soon_threadsafe(run)

    poster = threading.Thread(target=post_all)
    poster.start()
    await done.wait()
    poster.join()
    return size, {}


async def wake_ups(size, rounds):
    loop, done, lateness = asyncio.get_running_loop(), asyncio.Event(), []

    def run(posted):
        lateness.append(time.monotonic() - posted)
        if len(lateness) == size:
            done.set()

    def post_now_and_then():
        for _ in range(size):
            time.sleep(100e-6)
            loop.call_soon_threadsafe(run, time.monotonic())

    poster = threading.Thread(target=post_now_and_then)
    poster.start()
    await done.wait()
    poster.join()
    return size, figures(lateness)


# ── W9, W10 ──


async def sleeping_tasks(size, rounds):
    tasks = [asyncio.create_task(asyncio.sleep(86_400)) for _ in range(size)]
    await asyncio.sleep(0.001)
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.gather(*tasks)


async def waits(size, rounds):
    before, started = peak_kb(), time.monotonic()
    await asyncio.gather(*(asyncio.sleep(0.5) for _ in range(size)))
    seconds = time.monotonic() - started
    return 1, {"seconds": seconds, "megabytes": (peak_kb() - before) / 1000, "threads": 1}


def peak_kb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# ── the command line of harness/peer.hpp ──

WORK = {
    "W1": serve_echo,
    "W1p": serve_echo,
    "W2": spawn,
    "W3": switch_tasks,
    "W4": await_child,
    "W5.sleeps": sleeps,
    "W5.cancel": cancel_timers,
    "W6": gather,
    "W7.queue": queue_items,
    "W7.free": semaphore_free,
    "W7.contended": semaphore_contended,
    "W8.posts": posts,
    "W8.wake": wake_ups,
    "W9.tasks": sleeping_tasks,
    "W10.waits": waits,
}
REPEATED = {name for name in WORK if name[:2] in ("W2", "W3", "W4", "W6", "W7")} | {"W5.cancel"}


def run_rounds(run, name, size, rounds):
    wall, cpu = time.monotonic(), time.process_time()
    operations, more = run(WORK[name](size, rounds))
    return time.monotonic() - wall, time.process_time() - cpu, operations, more


def measure(run, name, size, given_rounds, long_enough):
    rounds = max(1, given_rounds)
    wall, cpu, operations, more = run_rounds(run, name, size, rounds)
    while not given_rounds and name in REPEATED and wall < long_enough:
        enough = 1.1 * long_enough / wall if wall > long_enough / 10 else 10
        rounds = math.ceil(rounds * enough)
        wall, cpu, operations, more = run_rounds(run, name, size, rounds)
    times = {"wall_ns": wall / operations * 1e9, "cpu_ns": cpu / operations * 1e9}
    about = {"work": name, "size": size, "rounds": rounds, "operations": operations}
    print(json.dumps({**about, **times, **more}), flush=True)


def take_option(arguments, name, default):
    if name not in arguments:
        return default
    at = arguments.index(name)
    value = type(default)(arguments[at + 1])
    del arguments[at : at + 2]
    return value


def main(arguments):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if "--uvloop" in arguments:
        import uvloop

        arguments.remove("--uvloop")
        uvloop.install()
    rounds = take_option(arguments, "--rounds", 0)
    long_enough = take_option(arguments, "--seconds", 0.25)
    name, *sizes = arguments
    if name not in WORK:
        sys.exit(LACKING)
    for size in sizes:
        measure(asyncio.run, name, int(size), rounds, long_enough)


if __name__ == "__main__":
    main(sys.argv[1:])
