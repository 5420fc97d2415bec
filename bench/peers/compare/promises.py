"""What the kit promises of its own speed, held against what was measured. Nanoseconds are those of
the machine in RESULTS.md; what is promised in times of a peer holds on any."""

from dataclasses import dataclass

from figures import main_figure


@dataclass(frozen=True)
class Promise:
    case: str
    text: str
    found: str
    kept: bool


class Measured:
    """The results of a comparison, by case and peer."""

    def __init__(self, about):
        self._all = {(r["case"], r["peer"]): r for r in about["results"]}

    def value(self, case, peer="aio", name=None):
        """None when it was not measured."""
        result = self._all.get((case, peer))
        if result is None:
            return None
        if name == "megabytes":  # with what the kernel keeps
            return result["more"]["megabytes"] + result["more"].get("kernel_megabytes", 0)
        return result["median"] if name is None else result["more"].get(name)

    def figure(self, case):
        return self._all[case, "aio"]["figure"]

    def ratio(self, case, peer="aio"):
        return self._all.get((case, peer), {}).get("ratio")


def at_most(case, limit, name=None):
    def hold(measured):
        value = measured.value(case, name=name)
        if value is None:
            return
        if name:
            yield Promise(case, f"at most {limit:g} {name}", f"{value:g}", round(value, 2) <= limit)
        else:
            show = lambda v: main_figure(measured.figure(case), v)  # noqa: E731
            yield Promise(case, f"at most {show(limit)}", show(value), value <= limit)

    return hold


def times(case, factor, *peers, name=None):
    """A peer takes at least so many times what the runtime takes."""

    def hold(measured):
        for peer, ours, theirs in beside(measured, case, peers, name):
            less = "less" if factor == 1 else f"{factor:g} times less"
            text = f"{less} than {name or 'that'} of {peer}"
            yield Promise(case, text, f"{theirs / ours:.2f} times", theirs / ours >= factor)

    return hold


def at_most_times(case, factor, *peers, name=None):
    """The runtime takes at most so many times what a peer takes."""

    def hold(measured):
        for peer, ours, theirs in beside(measured, case, peers, name):
            text = f"at most {factor:.2f} times {name or 'that'} of {peer}"
            yield Promise(case, text, f"{ours / theirs:.2f} times", ours / theirs <= factor)

    return hold


def beside(measured, case, peers, name):
    """Each peer with the runtime's figure and its own, if there are both."""
    ours = measured.value(case, name=name)
    for peer in peers:
        theirs = measured.value(case, peer, name)
        if ours and theirs:
            yield peer, ours, theirs


def echo(case, most, *peers):
    """In pairs with raw epoll."""

    def hold(measured):
        ours = measured.ratio(case)
        if ours is None:
            return
        yield Promise(case, f"at most {most:.2f} of raw epoll", f"{ours:.3f}", ours < most + 0.005)
        for peer in peers:
            theirs = measured.ratio(case, peer)
            if theirs is not None:
                found = f"{ours:.3f} and {theirs:.3f}"
                yield Promise(case, f"not behind {peer}", found, ours < theirs + 0.005)

    return hold


LOOPS = ("libuv", "asio-coroutines", "asio-callbacks", "libevent", "tokio", "uvloop", "asyncio")
ASIO = ("asio-coroutines",)

PROMISES = (
    *(echo(f"W1/{n}", 1.00, *LOOPS) for n in (1, 50, 1000, 10_000)),
    *(echo(f"W1p/{n}", 1.10) for n in (1, 50, 1000)),
    at_most("W2/1000", 9),
    at_most("W2/1000", 0, "allocations"),
    times("W2/1000", 10, "tokio"),
    times("W2/1000", 14, *ASIO),
    at_most("W3/2", 3.5),
    times("W3/2", 3, "libevent"),
    times("W3/2", 12, *ASIO),
    times("W3/2", 20, "libuv"),
    at_most("W4/1000", 6.5),
    times("W4/1000", 1.6, *ASIO),
    at_most("W5.sleeps/1000000", 450),
    times("W5.sleeps/1000000", 3, *LOOPS),
    at_most_times("W5.sleeps/1000000", 1.3, "raw", name="p99_us"),
    at_most("W5.cancel/1000000", 40),
    *(at_most(f"W6/{n}", 10) for n in (10, 1000, 100_000)),
    at_most("W7.queue/1", 6),
    at_most("W7.queue/1000", 3.5),
    at_most("W7.free/1", 1),
    at_most("W7.contended/100", 8),
    at_most("W8.posts/1000000", 60),
    at_most_times("W8.posts/1000000", 1, "libuv"),
    at_most_times("W8.wake/500", 1.05, "raw"),
    at_most("W9.tasks/16384", 150),
    at_most("W10.requests/100", 0.52),
    times("W10.waits/10000", 50, "threads", name="megabytes"),
    at_most_times("W11/64", 1.10, "nginx"),
    times("W11/64", 1, "evhttp", "beast", "hyper", "go", "node", "aiohttp", "uvicorn"),
    times("W12/100", 1, "curl", "hyper", "aiohttp"),
    times("W13/1000", 1, "node", "websockets"),
)


def promises(about):
    measured = Measured(about)
    return [promise for hold in PROMISES for promise in hold(measured)]
