"""Where a peer is ahead of the runtime, and why, as far as is known."""

from figures import main_figure
from spread import is_tie, quotients

CLOSE = 0.97  # what is nearer than 3 % does not matter

ONLY_A_CALLBACK = "A callback is called for each read, and no coroutine goes on."
NO_QUEUE = "A wake-up runs the callback itself, not by way of a ready queue."
WHY = {
    ("W4", "tokio"): "A Rust future has no frame of its own: the compiler makes one function of "
    "the two, and there is nothing left to await. A C++ coroutine is given a frame from the pool.",
    ("W3", "libuv"): "An idle handle is a callback in a list that stays as it is: 1,000 of them "
    "cost one poll of the kernel, and no coroutine is suspended.",
    ("W9.tasks", "libevent"): "A waiting event is one small structure without a coroutine behind "
    "it, and so are libuv's and Asio's timers.",
    ("W9.connections", "raw"): "It keeps a descriptor and 64 bytes of a message for each.",
    ("W1", "raw"): "It does nothing but echo: no task, no buffer of the connection.",
    ("W1p", "raw"): "It does nothing but echo: no task, no string for each message.",
    ("W5", "raw"): "Its sleeps are callbacks in a heap, without a task that waits.",
    **{("W1p", peer): ONLY_A_CALLBACK for peer in ("libuv", "asio-callbacks", "libevent")},
    **{("W8", peer): NO_QUEUE for peer in ("raw", "libuv", "libevent")},
}


def losses(about):
    """A few sentences for each case in which somebody is ahead."""
    by_case = {}
    for result in about["results"]:
        by_case.setdefault(result["case"], {})[result["peer"]] = result
    for peers in by_case.values():
        ours = peers.pop("aio", None)
        if ours is not None and ours["workload"] != "W10":
            yield from loss(ours, [p for p in peers.values() if p["peer"] != "mine"])
    yield (
        "Work that only computes gains nothing here: one loop runs on one core, and tasks that "
        "never wait run one after the other."
    )


def paired(result):
    """Was each peer measured right beside raw epoll, at another time than the others?"""
    return result["workload"] in ("W1", "W1p")


def standing(result):
    """What ranks a peer: what it takes, or how many times as much as raw epoll beside it."""
    return result["ratio"] if paired(result) else result["median"]


def is_ahead(theirs, ours):
    """By more than the spread of the rounds."""
    if standing(theirs) >= CLOSE * standing(ours):
        return False
    name = "ratios" if paired(ours) else "values"
    return not is_tie(quotients(theirs.get(name, ()), ours.get(name, ())) or [0])


def shown(result):
    if paired(result):
        return f"{result['ratio']:.2f}×"
    return main_figure(result["figure"], result["median"])


def loss(ours, others):
    ahead = [theirs for theirs in others if is_ahead(theirs, ours)]
    if not ahead:
        return
    who = ", ".join(f"{p['peer_title']} {shown(p)}" for p in ahead)
    beside = " (beside raw epoll)" if paired(ours) else ""
    here = f"{ours['workload']}, {ours['title']}{beside}: aio {shown(ours)}; {who}."
    yield " ".join([here, *reasons(ours, ahead)])


def reasons(ours, ahead):
    """Each reason once, with those for whom it holds."""
    work = ours["case"].split("/")[0]
    holds = {}
    for theirs in ahead:
        why = WHY.get((work, theirs["peer"])) or WHY.get((ours["workload"], theirs["peer"]))
        if why:
            holds.setdefault(why, []).append(theirs["peer_title"])
    return [f"{', '.join(who)}: {why}" for why, who in holds.items()]
