"""Where a peer is ahead of the runtime, and why, as far as is known."""

from figures import main_figure

CLOSE = 0.97  # what is nearer than 3 % is a draw

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
    ("W8", "raw"): "A wake-up runs the callback itself, not by way of a ready queue.",
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


def loss(ours, others):
    figure = ours["figure"]
    ahead = [theirs for theirs in others if theirs["median"] < CLOSE * ours["median"]]
    if not ahead:
        return
    who = ", ".join(f"{p['peer_title']} {main_figure(figure, p['median'])}" for p in ahead)
    here = f"{ours['workload']}, {ours['title']}: aio {main_figure(figure, ours['median'])}"
    said = [f"{here}; {who}."]
    work = ours["case"].split("/")[0]
    for theirs in ahead:
        why = WHY.get((work, theirs["peer"])) or WHY.get((ours["workload"], theirs["peer"]))
        if why:
            said.append(f"{theirs['peer_title']}: {why}")
    yield " ".join(said)
