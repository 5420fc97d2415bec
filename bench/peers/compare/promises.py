"""What the kit promises of its own speed, held against what was measured. Nanoseconds are those of
the machine in RESULTS.md; what is promised in times of a peer holds on any."""

from dataclasses import dataclass
from statistics import median

from figures import main_figure
from runs import runs_of
from spread import of_all_runs, quotients, verdict


@dataclass(frozen=True)
class Promise:
    case: str
    text: str
    found: str
    verdict: str  # kept, missed, or close: the spread has room for both


class Measured:
    """The results of a run, by case and peer."""

    def __init__(self, results):
        self._all = {(result["case"], result["peer"]): result for result in results}

    def values(self, case, peer="aio", name=None):
        """Of each round; one where it is counted, none when it was not measured."""
        result = self._all.get((case, peer))
        if result is None:
            return []
        if name is None:
            return result["values"]
        if name == "megabytes":  # with what the kernel keeps
            return sums(_further(result, name), _further(result, "kernel_megabytes"))
        return _further(result, name)

    def figure(self, case):
        return self._all[case, "aio"]["figure"]

    def ratios(self, case, peer="aio"):
        result = self._all.get((case, peer), {})
        return result.get("ratios") or ([result["ratio"]] if "ratio" in result else [])


def _further(result, name):
    each = result.get("more_values", {}).get(name)
    return each or ([result["more"][name]] if name in result["more"] else [])


def sums(some, more):
    return [a + b for a, b in zip(some, more)] if more else some


def at_most(case, limit, name=None):
    def hold(measured):
        values = measured.values(case, name=name)
        if not values:
            return
        show = (lambda v: main_figure(measured.figure(case), v)) if name is None else "{:g}".format
        text = f"at most {show(limit)}{f' {name}' * bool(name)}"
        holds = lambda value: round(value, 2) <= limit  # noqa: E731
        yield Promise(case, text, show(median(values)), verdict(values, holds))

    return hold


def times(case, factor, *peers, name=None):
    """A peer takes at least so many times what the runtime takes."""

    def hold(measured):
        for peer, ours, theirs in beside(measured, case, peers, name):
            less = "less" if factor == 1 else f"{factor:g} times less"
            text = f"{less} than {name or 'that'} of {peer}"
            yield many_times(case, text, quotients(theirs, ours), lambda value: value >= factor)

    return hold


def at_most_times(case, factor, *peers, name=None):
    """The runtime takes at most so many times what a peer takes."""

    def hold(measured):
        for peer, ours, theirs in beside(measured, case, peers, name):
            text = f"at most {factor:.2f} times {name or 'that'} of {peer}"
            yield many_times(case, text, quotients(ours, theirs), lambda value: value <= factor)

    return hold


def many_times(case, text, found, holds):
    return Promise(case, text, f"{median(found):.2f} times", verdict(found, holds))


def beside(measured, case, peers, name):
    """Each peer with the runtime's figures and its own, if there are both."""
    ours = measured.values(case, name=name)
    for peer in peers:
        theirs = measured.values(case, peer, name)
        if quotients(ours, theirs) and quotients(theirs, ours):
            yield peer, ours, theirs


def echo(case, most, *peers):
    """In pairs with raw epoll."""

    def hold(measured):
        ours = measured.ratios(case)
        if not ours:
            return
        text = f"at most {most:.2f} of raw epoll"
        held = verdict(ours, lambda value: value < most + 0.005)
        yield Promise(case, text, f"{median(ours):.3f}", held)
        for peer in peers:
            theirs = measured.ratios(case, peer)
            if theirs:
                found = f"{median(ours):.3f} and {median(theirs):.3f}"
                held = verdict(quotients(ours, theirs), lambda value: value < 1.005)
                yield Promise(case, f"not behind {peer}", found, held)

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
    """What all rounds together found; kept or missed is what each run says by itself."""
    all_rounds = in_run(about["results"])
    each = [in_run(results) for results in runs_of(about)]
    for key, promise in all_rounds.items():
        verdicts = [run[key].verdict for run in each if key in run]
        yield Promise(promise.case, promise.text, promise.found, of_all_runs(verdicts))


def in_run(results):
    measured = Measured(results)
    found = [promise for hold in PROMISES for promise in hold(measured)]
    return {(promise.case, promise.text): promise for promise in found}
