"""Where a peer is ahead of the runtime, and why, as far as is known."""

from figures import main_figure

CLOSE = 0.97  # what is nearer than 3 % is a draw

WHY = {
    ("W4", "tokio"): "A Rust future has no frame of its own: the compiler makes one function of "
    "the two, and there is nothing left to await. A C++ coroutine is given a frame from the pool.",
    ("W3", "libuv"): "An idle handle is a callback in a list that stays as it is: 1,000 of them "
    "cost one poll of the kernel, and no coroutine is suspended.",
    ("W9", "libevent"): "A waiting event is one small structure, without a coroutine behind it.",
    ("W9", "libuv"): "A waiting timer is one structure, without a coroutine behind it.",
    ("W1", "raw"): "It does nothing but echo: no task, no buffer of the connection.",
    ("W1p", "raw"): "It does nothing but echo: no task, no string for each message.",
    ("W5", "raw"): "Its sleeps are callbacks in a heap, without a task that waits.",
    ("W8", "raw"): "A wake-up runs the callback itself, not by way of a ready queue.",
}


def losses(about):
    """A sentence or two for each peer that is ahead somewhere."""
    by_case = {}
    for result in about["results"]:
        by_case.setdefault(result["case"], {})[result["peer"]] = result
    for peers in by_case.values():
        ours = peers.get("aio")
        if ours is None or ours["workload"] == "W10":
            continue
        for key, theirs in peers.items():
            if key != "mine" and theirs["median"] < CLOSE * ours["median"]:
                yield sentence(ours, theirs)
    yield (
        "Work that only computes gains nothing here: one loop runs on one core, and tasks that "
        "never wait run one after the other. `./learn bench 4` and its neighbours show it."
    )


def sentence(ours, theirs):
    figure = ours["figure"]
    said = (
        f"{ours['workload']}, {ours['title']}: {theirs['peer_title']} "
        f"{main_figure(figure, theirs['median'])}, aio {main_figure(figure, ours['median'])}."
    )
    why = WHY.get((ours["workload"], theirs["peer"]))
    return f"{said} {why}" if why else said
