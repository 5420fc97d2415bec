"""A layer includes only layers below it, by angle brackets, or a variant would silently mix in the
reference. No header of the runtime includes one of a library; each library has one source file. A
layer's rooms, runtime/aio/LAYER/*.hpp, belong to it: they include what the layer may, the layer
itself and each other, and nobody above the layer includes them. runtime/aio/README.md shows all of
them in the order of the lessons. Also says how large the runtime is."""

import re

from kit import SOURCE, Lesson, Problem, main

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
    "read_request": [],
    "stream_state": ["read_request", "task"],
    "stream": ["stream_state"],
    "pipe": ["stream"],
    "address": [],
    "resolve": ["address", "task"],
    "staggered_race": ["wait"],
    "connect": ["resolve", "staggered_race", "stream"],
    "listener": ["connect"],
    "server": ["listener"],
    "process": ["pipe", "threads", "event", "gather", "wait_for"],
    "files": ["threads", "lock"],
    "process_pool": ["process", "semaphore"],
    "task_group": ["semaphore"],
    "move_on_after": ["timeout"],
    "finish_within": ["wait_for"],
    "with": ["finish_within"],
    "signals": ["event", "interrupt"],
    "debug": ["task"],
    "readiness": ["task"],
    "cores": ["threads", "address"],
    "hand_over": ["readiness", "server"],
}
RUNTIME = SOURCE / "runtime/aio"
CONTENTS = RUNTIME / "README.md"
LIBC = re.compile(r"(sys|net|netinet|arpa)/\w+\.h|"
                  r"(cxxabi|dlfcn|elf|execinfo|fcntl|link|netdb|pthread|signal|spawn|time|ucontext|unistd)\.h")  # fmt: skip
INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s*([<"])([^>"]+)[>"]', re.M)


def name_of(header):
    return str(header.relative_to(RUNTIME if header.is_relative_to(RUNTIME) else RUNTIME.parent))


def below(layer):
    direct = STANDS_ON[layer]
    return set(direct).union(*map(below, direct)) if direct else set()


def check_includes(header, layer, allowed):
    """Includes layers in `allowed`, and rooms of `layer` or of one that stands on it."""
    for _, path in INCLUDE.findall(header.read_text()):
        included = re.fullmatch(r"aio/(\w+)\.hpp", path)
        if included and included[1] not in allowed:
            raise Problem(f"{name_of(header)} includes <{path}>, which is not below it")
        room = re.fullmatch(r"aio/(?!support/)(\w+)/\w+\.hpp", path)
        if room and room[1] != layer and layer not in below(room[1]):
            raise Problem(f"{name_of(header)} includes <{path}>, a room of {room[1]}")


def check_layer(header):
    layer = header.stem
    if layer not in STANDS_ON:
        raise Problem(f"{header.name} is not in the list of layers of tests/kit/layering.py")
    check_includes(header, layer, below(layer))
    if not re.search(rf"const char\* {layer} = __FILE__;", header.read_text()):
        raise Problem(f"{header.name} does not say whose file it is (aio::layers::{layer})")


def check_room(header):
    layer = header.parent.name
    if layer not in STANDS_ON:
        raise Problem(f"{name_of(header)} is a room of {layer}, which is no layer")
    check_includes(header, layer, below(layer) | {layer})
    about = re.match(r"#pragma once\n((?://[^\n]*\n)+)", header.read_text())
    if not about or not 1 <= about[1].count("\n") <= 12:
        raise Problem(f"{name_of(header)} does not begin by saying what it is")


def check_size(header, written):
    lines = len(header.read_text().splitlines())
    most = 350 if header in written else 500
    if lines > most:
        raise Problem(f"{name_of(header)} has {lines} lines, more than {most}")


def check_contents(layers, rooms, support):
    """The table of runtime/aio/README.md has a row for each header, a layer above what stands on
    it, with its rooms below."""
    rows = re.findall(r"^\| (?:\d\d)? *\| `([\w/]+\.hpp)` \| \S", CONTENTS.read_text(), re.M)
    have = {name_of(header) for header in (*layers, *rooms, *support)}
    if set(rows) != have or len(rows) != len(have):
        raise Problem(f"{CONTENTS.name} and the headers differ: {sorted(set(rows) ^ have)}")
    at = {row: index for index, row in enumerate(rows)}
    for header in layers:
        for lower in below(header.stem):
            if at[f"{lower}.hpp"] > at[header.name]:
                raise Problem(f"{CONTENTS.name} shows {header.name} above {lower}.hpp")
    for index, row in enumerate(rows):
        folder = row.rpartition("/")[0]
        before = rows[index - 1]
        if folder not in ("", "support") and before != f"{folder}.hpp" and not before.startswith(
            f"{folder}/"
        ):
            raise Problem(f"{CONTENTS.name} does not show {row} below its layer")


def check_support(header):
    for _, path in INCLUDE.findall(header.read_text()):
        if path.startswith("aio/") and not path.startswith("aio/support/"):
            raise Problem(f"support/{header.name} includes <{path}>, a layer")


def check_libraries(header):
    """A header of the runtime stands on libc and the standard library, and one of http/ or clients/
    on aio/."""
    folder = header.relative_to(SOURCE / "runtime").parts[0]
    for _, path in INCLUDE.findall(header.read_text()):
        own = path.startswith(("aio/", f"{folder}/"))
        if not own and not LIBC.fullmatch(path) and "." in path:
            raise Problem(f"{header.relative_to(SOURCE)} includes <{path}>: no header of the runtime "
                          "includes a library's")  # fmt: skip


def check_sources():
    """Each library has one source file that sees it."""
    seen = {}
    for source in sorted((SOURCE / "runtime").glob("*/src/*.cpp")):
        for _, path in INCLUDE.findall(source.read_text()):
            library = path.partition("/")[0]
            if "." in path and library not in ("aio", "http", "clients") and not LIBC.fullmatch(path):
                seen.setdefault(library, set()).add(source.name)
    for library, sources in seen.items():
        if len(sources) > 1:
            raise Problem(f"{', '.join(sorted(sources))} include {library}; one should")


def check_quotes(file, layers):
    for mark, path in INCLUDE.findall(file.read_text()):
        if mark == '"' and (path.startswith("aio/") or path in layers):
            raise Problem(f'{file.relative_to(SOURCE)} includes "{path}": use angle brackets')


def lines_of_code(header):
    lines = (line.strip() for line in header.read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith("//"))


def check():
    layers = [h for h in RUNTIME.glob("*.hpp") if h.stem != "aio"]
    support = sorted((RUNTIME / "support").glob("*.hpp"))
    rooms = sorted(h for h in RUNTIME.glob("*/*.hpp") if h.parent.name != "support")
    for header in layers:
        check_layer(header)
    for header in rooms:
        check_room(header)
    for header in support:
        check_support(header)
    lessons = map(Lesson, sorted(f.name for f in (SOURCE / "lessons").glob("[0-9][0-9]-*")))
    written = {layer for lesson in lessons for layer in lesson.layers}
    for header in (*layers, *rooms, *support):
        check_size(header, written)
    check_contents(layers, rooms, support)
    others = [h for f in ("http", "clients") for h in sorted((SOURCE / "runtime" / f).rglob("*.hpp"))]
    for header in others:
        check_size(header, written)
    for header in (*layers, *rooms, *support, *others):
        check_libraries(header)
    check_sources()
    names = {header.name for header in layers}
    coach = {header.name for header in (SOURCE / "lessons/coach").glob("*.hpp")}
    for folder in ("runtime", "lessons", "solutions", "tests", "bench"):
        for file in (SOURCE / folder).rglob("*.[hc]pp"):
            check_quotes(file, names - coach if "coach" in file.parts else names)
    sizes = {h.stem: lines_of_code(h) for h in sorted(layers, key=lambda h: len(below(h.stem)))}
    for layer in {room.parent.name for room in rooms}:
        sizes[f"{layer}/"] = sum(lines_of_code(r) for r in rooms if r.parent.name == layer)
    sizes["support"] = sum(map(lines_of_code, support))
    for name, size in sizes.items():
        print(f"{name:12}{size:6} lines of code")
    print(f"{'together':12}{sum(sizes.values()):6}")


main(check)
