"""A layer includes only layers below it, by angle brackets, or a variant would silently mix in the
reference. Also says how large the runtime is."""

import re

from kit import SOURCE, Problem, main

# What each layer stands on directly; what that stands on is allowed too. support/ is below all.
STANDS_ON = {
    "poller": [],
    "clock": [],
    "timers": ["clock"],
    "event_loop": ["poller", "timers"],
    "future": ["event_loop"],
    "coro": [],
    "interrupt": ["event_loop"],
    "task_base": ["future", "coro"],
    "future_waiter": ["task_base"],
    "sleep": ["task_base"],
    "runner": ["future_waiter", "interrupt"],
    "task": ["sleep", "runner"],
    "threads": ["task"],
    "wait": ["task"],
    "as_completed": ["wait"],
    "gather": ["wait", "as_completed"],
    "timeout": ["task"],
    "shield": ["task"],
    "wait_for": ["timeout", "shield"],
    "wait_queue": ["task"],
    "event": ["wait_queue"],
    "lock": ["wait_queue"],
    "semaphore": ["lock"],
    "condition": ["lock"],
    "barrier": ["wait_queue"],
    "sync": ["event", "semaphore", "condition", "barrier"],
    "queue": ["wait_queue"],
    "lifo_queue": ["queue"],
    "priority_queue": ["queue"],
    "stream": ["task"],
    "address": [],
    "resolve": ["address", "task"],
    "connect": ["resolve", "stream"],
    "server": ["connect"],
}
INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s*([<"])([^>"]+)[>"]', re.M)


def below(layer):
    direct = STANDS_ON[layer]
    return set(direct).union(*map(below, direct)) if direct else set()


def check_layer(header):
    layer = header.stem
    if layer not in STANDS_ON:
        raise Problem(f"{header.name} is not in the list of layers of tests/kit/layering.py")
    text = header.read_text()
    for _, path in INCLUDE.findall(text):
        included = re.fullmatch(r"aio/(\w+)\.hpp", path)
        if included and included[1] not in below(layer):
            raise Problem(f"{header.name} includes <{path}>, which is not below it")
    if not re.search(rf"const char\* {layer} = __FILE__;", text):
        raise Problem(f"{header.name} does not say whose file it is (aio::layers::{layer})")


def check_support(header):
    for _, path in INCLUDE.findall(header.read_text()):
        if path.startswith("aio/") and not path.startswith("aio/support/"):
            raise Problem(f"support/{header.name} includes <{path}>, a layer")


def check_quotes(file, layers):
    for mark, path in INCLUDE.findall(file.read_text()):
        if mark == '"' and (path.startswith("aio/") or path in layers):
            raise Problem(f'{file.relative_to(SOURCE)} includes "{path}": use angle brackets')


def lines_of_code(header):
    lines = (line.strip() for line in header.read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith("//"))


def check():
    layers = [h for h in (SOURCE / "runtime/aio").glob("*.hpp") if h.stem != "aio"]
    support = sorted((SOURCE / "runtime/aio/support").glob("*.hpp"))
    for header in layers:
        check_layer(header)
    for header in support:
        check_support(header)
    names = {header.name for header in layers}
    for folder in ("runtime", "lessons", "solutions", "tests", "bench"):
        for file in (SOURCE / folder).rglob("*.[hc]pp"):
            check_quotes(file, names)
    sizes = {h.stem: lines_of_code(h) for h in sorted(layers, key=lambda h: len(below(h.stem)))}
    sizes["support"] = sum(map(lines_of_code, support))
    for name, size in sizes.items():
        print(f"{name:12}{size:6} lines of code")
    print(f"{'together':12}{sum(sizes.values()):6}")


main(check)
