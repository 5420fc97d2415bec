"""Brings wrong turns up to date after the reference has changed: what has changed in a function since
a revision is changed in the turns that write it differently too. For authors, by hand:

    python3 tests/kit/follow.py REVISION        a revision in which the turns were right

A turn in which both have changed the same lines is named, and left as it is."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from functions import functions_of, normal, only_code
from kit import SOURCE, Problem, call, main
from turns import FOLDER, INSTEAD, Turn, comment_above, ends_with


def sources_at(revision, folder):
    """{path: text} of a folder at a revision."""
    names = call(["git", "ls-tree", "-r", "--name-only", revision, folder], cwd=SOURCE).split()
    return {
        name: call(["git", "show", f"{revision}:{name}"], cwd=SOURCE)
        for name in names
        if name.endswith((".hpp", ".cpp"))
    }


def sources_now(turn):
    return {str(path.relative_to(SOURCE)): path.read_text() for path in turn.sources()}


def named(head):
    """`Poller::translate` of a head."""
    found = re.search(r"([\w:~<>,]+|operator\S+?)\(", re.sub(r"^template<.*?>\s*", "", head))
    return found[1] if found else head


def find(sources, head, classes):
    """The function of this head, or else the only one of its name."""
    every = [f for text in sources.values() for f in functions_of(text)]
    every = [f for f in every if ends_with(f.classes, classes)]
    same = [f for f in every if f.head == head]
    alike = [f for f in every if named(f.head) == named(head)]
    return same[0] if len(same) == 1 else alike[0] if len(alike) == 1 else None


def bare(function):
    """Its text without indentation of its class, and without the mistakes of a fix."""
    column = function.begin - (function.source.rfind("\n", 0, function.begin) + 1)
    text = re.sub(rf"(?m)^ {{{column}}}", "", function.text)
    text = re.sub(r"^[ \t]*//: \S+ now\n", "", text, flags=re.M)
    return re.sub(r"^[ \t]*//: (\S+) was\n.*?^[ \t]*//: \1 end\n", "", text, flags=re.M | re.S)


def merged(turn, base, now):
    """None when both have changed the same lines."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("turn", "base", "now")]
        for file, text in zip(files, (turn, base, now)):
            file.write_text(text + "\n")
        done = subprocess.run(["git", "merge-file", "-p", *files], stdout=subprocess.PIPE, text=True)
    return done.stdout.rstrip("\n") if done.returncode == 0 else None


def follow(turn, before):
    """Says what became of a turn; writes it if it has changed."""
    text, now = turn.text, sources_now(turn)
    for function in reversed(turn.functions):
        said = INSTEAD.search(comment_above(function))
        head = normal(said[1]) if said else function.head
        old = find(before, head, function.classes)
        new = find(now, head, function.classes)
        if not old or not new:
            return f"{turn}: {head} is not found"
        if only_code(old.text) == only_code(new.text) or said:
            continue
        result = merged(bare(function), bare(old), bare(new))
        if result is None:
            return f"{turn}: {head}: merge it by hand"
        text = text[: function.begin] + result + text[function.close + 1 :]
    if text == turn.text:
        return None
    turn.path.write_text(text)
    return f"{turn} follows"


def check(revision):
    runtime = sources_at(revision, "runtime/aio")
    for path in sorted(FOLDER.glob("*/*.cpp")):
        turn = Turn(path)
        solutions = f"solutions/{turn.lesson.slug}/{turn.exercise}.cpp"
        before = sources_at(revision, solutions) if turn.exercise else runtime
        if said := follow(turn, before):
            print(said)


if __name__ == "__main__":
    main(check, "REVISION")
