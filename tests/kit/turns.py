"""Wrong turns: what a typical mistake looks like in code, and how the tests get to see it.

A turn is a file of C++, tests/wrong_turns/NN-slug/<turn>.cpp: its name, what it says, the tests that
catch it, and each function that it writes differently. CONTRIBUTING.md shows one.

`turns.py LESSON OUT` makes a copy of the sources in which all turns of a lesson stand side by side
with what they replace. Compiled once, it takes the turn that LOOPWRIGHT_TURN names. The same copy
leaves out what LOOPWRIGHT_WRITTEN=K says is not written yet: the bodies of all steps after K."""

import hashlib
import json
import re
from functools import cached_property
from pathlib import Path

from functions import functions_of, normal, only_code, tag_of
from kit import SOURCE, Lesson, Problem, main

FOLDER = SOURCE / "tests/wrong_turns"
FIELD = re.compile(r"^(?:// )?(Name|Says|From|Caught-by): *(.+(?:\n//   .+)*)$", re.M)
HEADER_LINE = re.compile(r"// (Name|Says|From|Caught-by): |//   \S")
INSTEAD = re.compile(r"// instead of: (.+)")
PLAN = "plan.json"  # how each turn is tried out, or why it cannot be
STAMP = "layers.stamp"  # changes when a header has changed


class Turn:
    def __init__(self, path):
        self.path = Path(path)
        self.name, self.lesson = self.path.stem, Lesson(self.path.parent.name)
        self.text = self.path.read_text()
        self.is_patch = self.path.suffix == ".patch"
        top = self.text.split("\n--- ")[0]
        for line in () if self.is_patch else self.text.split("\n\n")[0].splitlines():
            if not HEADER_LINE.match(line):
                raise Problem(f"{self}: `{line}` is cut off, since a line goes on after three blanks")
        self.header = {k: re.sub(r"\s*\n//   ", " ", v).strip() for k, v in FIELD.findall(top)}
        for line in ("Name", "Says", "Caught-by"):
            if line not in self.header:
                raise Problem(f"{self} has no line `{line}: …` at its beginning")

    def __str__(self):
        return str(self.path.relative_to(SOURCE))

    @property
    def tests(self):
        return [test.strip() for test in self.header["Caught-by"].split(",")]

    @property
    def exercise(self):
        """fix-4b, or None for a turn in a layer."""
        found = {re.match(r"(Fix|Use)(\w+?)_", test) for test in self.tests}
        ids = {f"{part[1].lower()}-{part[2]}" if part else None for part in found}
        if len(ids) != 1:
            raise Problem(f"{self} is caught by tests of different exercises: {self.tests}")
        return ids.pop()

    @cached_property
    def functions(self):
        found = functions_of(self.text)
        if not found:
            raise Problem(f"{self} replaces no function")
        return found

    def sources(self):
        """Where its functions may be defined."""
        if self.exercise:
            return [SOURCE / "solutions" / self.lesson.slug / f"{self.exercise}.cpp"]
        return sorted(self.lesson.runtime.rglob("*.hpp"))

    def replaced(self):
        """(function of the sources, file, function that replaces it), for each of its functions."""
        return [(*self.original_of(function), function) for function in self.functions]

    def original_of(self, function):
        said = INSTEAD.search(comment_above(function))
        head = normal(said[1]) if said else function.head
        found = []
        for path in self.sources():
            for other in functions_in(path):
                if other.head == head and ends_with(other.classes, function.classes):
                    found.append((other, path))
        if len(found) != 1:
            raise Problem(f"{self}: {self.not_found(function, head, found)}")
        self.check_tag(function, found[0][0])
        return found[0]

    def not_found(self, function, head, found):
        name = "::".join((*function.classes, head))
        if found:
            places = ", ".join(str(path.relative_to(SOURCE)) for _, path in found)
            return f"there are several functions `{name}`, in {places}; write its class around it"
        short = re.search(r"([\w~]+|operator\S+?)\(", re.sub(r"^template<.*?>\s*", "", head))
        similar = [
            f"  {other.name}   in {path.relative_to(SOURCE)}"
            for path in self.sources()
            for other in functions_in(path)
            if short and re.search(rf"\b{re.escape(short[1])}\(", other.head)
        ]
        return "\n".join(
            [
                f"no function `{name}` is defined any more.",
                "If it has another head now, give it that head here too, and look whether the body",
                "is still today's body with the one mistake in it. If it is gone, tell the mistake in",
                "the function that took its place.",
                *(["Functions of that name:", *similar] if similar else []),
            ]
        )

    def check_tag(self, function, original):
        here = re.search(r"^\s*//: (\S+)", comment_above(function), re.M)
        there = tag_of(original)
        if (here and here[1]) != (there and there[0]):
            raise Problem(
                f"{self}: above `{function.head}` stands the tag {here and here[1]}, but in the "
                f"sources it is {there and there[0]}"
            )


def turns_of(slug):
    paths = sorted((FOLDER / slug).glob("*.cpp")) + sorted((FOLDER / slug).glob("*.patch"))
    return [Turn(path) for path in paths]


def comment_above(function):
    """The lines of comment right above it."""
    lines = function.source[: function.begin].rstrip(" ").splitlines()
    above = []
    while lines and lines[-1].strip().startswith("//"):
        above.insert(0, lines.pop().strip())
    return "\n".join(above)


def ends_with(classes, wanted):
    return not wanted or classes[-len(wanted) :] == wanted


def is_coroutine(function):
    return re.search(r"\bco_(await|return|yield)\b", only_code(function.body)) is not None


def same_but_for_the_body(one, other):
    """Whether the bodies of both can stand in one function."""
    heads = one.head == other.head and one.initialisers == other.initialisers
    deduced = re.search(r"\bauto\b", one.head.split("(")[0]) and "->" not in one.head
    return heads and not deduced and is_coroutine(one) == is_coroutine(other)


_functions = {}


def functions_in(path):
    if path not in _functions:
        _functions[path] = functions_of(path.read_text())
    return _functions[path]


# ── a copy with all turns ──


def at_line(path, source, place):
    return f'\n#line {source.count(chr(10), 0, place) + 1} "{path}"\n'


def must_not_throw(function):
    head = re.sub(r"noexcept\((?!false)[^()]*\)", "noexcept", function.head)
    return "~" in head or bool(re.search(r"\bnoexcept\b(?!\(false)", head))


def todo(function, lesson):
    """What stands in the body while its step is not written, as `coach starters` cuts it out."""
    tag = tag_of(function)
    if not tag or tag[0] not in lesson.steps:
        return ""
    step, text = tag[0], tag[1].replace("\\", "\\\\").replace('"', '\\"')
    gap = "" if must_not_throw(function) else f'AIO_TODO("{step}", "{text}");'
    return f"if (::wrong_turns::written < {step.split('.')[1]}) {{ {gap} }} else "


class Copy:
    """The sources that a lesson's turns change, each function with all its bodies."""

    def __init__(self, lesson):
        self.lesson = lesson
        self.turns = []
        self.bodies = {}  # path -> {place of a body: [(turn's number, its function)]}

    def add(self, turn):
        """Takes in a turn, if it can be chosen at run time. Returns how it is tried out."""
        if turn.is_patch:
            return "alone"
        replaced = turn.replaced()
        if not all(same_but_for_the_body(original, other) for original, _, other in replaced):
            return "alone"
        self.turns.append(turn.name)
        for original, path, other in replaced:
            bodies = self.bodies.setdefault(path, {}).setdefault(original.open, [])
            bodies.append((len(self.turns), turn, other))
        return "chosen"

    def add_steps(self):
        for path in sorted(self.lesson.runtime.rglob("*.hpp")):
            for function in functions_in(path):
                if todo(function, self.lesson):
                    self.bodies.setdefault(path, {}).setdefault(function.open, [])

    def files(self):
        """What each file of the copy holds."""
        for answer in (SOURCE / "solutions" / self.lesson.slug).glob("*.cpp"):
            self.bodies.setdefault(answer, {})
        files = {Path("wrong_turns.hpp"): HEADER % "".join(f'"{name}", ' for name in self.turns)}
        for path in self.bodies:
            is_layer = path.suffix == ".hpp"
            within = path.relative_to(SOURCE / "runtime") if is_layer else path.name
            files[Path("layers" if is_layer else "answers") / within] = self.text(path)
        return files

    def text(self, path):
        source, text, at = path.read_text(), "", 0
        for function in functions_in(path):
            if function.open in self.bodies[path]:
                text += source[at : function.open] + self.body(path, function)
                at = function.close + 1
        return f"#include <wrong_turns.hpp>{at_line(path, source, 0)}{text}{source[at:]}"

    def body(self, path, function):
        chain = todo(function, self.lesson)
        for number, turn, other in self.bodies[path][function.open]:
            line = at_line(turn.path, turn.text, other.open)
            chain += f"if (::wrong_turns::taken == {number}) {line}{other.body} else "
        line = at_line(path, function.source, function.open)
        after = at_line(path, function.source, function.close)
        return f"{{ {chain}{line}{function.body}{after}}}"


HEADER = """// Which wrong turn is taken, and how many steps are written. Made by tests/kit/turns.py.
#pragma once
#include <cstdlib>
#include <cstring>
#include <aio/support/todo.hpp>

namespace wrong_turns {

/// 0: none. LOOPWRIGHT_TURN names it.
inline const int taken = [] {
  constexpr const char* names[] = {%snullptr};
  const char* asked = std::getenv("LOOPWRIGHT_TURN");
  if (asked == nullptr) return 0;
  int number = 0;
  while (names[number] != nullptr && std::strcmp(names[number], asked) != 0) ++number;
  if (names[number] == nullptr) std::exit(3);  // there is no such turn here
  return number + 1;
}();

inline const int written = [] {
  const char* steps = std::getenv("LOOPWRIGHT_WRITTEN");
  return steps == nullptr ? 1000 : std::atoi(steps);
}();

}  // namespace wrong_turns
"""


def update(folder, files):
    """Makes a folder hold these files and no others; what is the same keeps its time."""
    for old in list(folder.rglob("*")):
        if old.is_file() and old.relative_to(folder) not in files:
            old.unlink()
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def make(slug, out):
    copy, plan = Copy(Lesson(slug)), {}
    for turn in turns_of(slug):
        try:
            plan[turn.name] = copy.add(turn)
        except Problem as problem:  # the turn's own test says so; the others go on
            plan[turn.name] = str(problem)
    copy.add_steps()
    files = copy.files()
    layers = "".join(text for path, text in files.items() if path.suffix == ".hpp")
    files[Path(STAMP)] = hashlib.sha256(layers.encode()).hexdigest()
    update(Path(out), files | {Path(PLAN): json.dumps(plan, indent=1)})


if __name__ == "__main__":
    main(make, "NN-slug", "OUT")
