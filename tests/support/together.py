"""Puts sources into one file that compiles much faster than each alone. Each has a namespace of its
own, so that equal names do not meet. Headers that are not the lesson's are included before.

    together.py answers OUT ROOT LESSON/ID…       each answer, e.g. 09-wait-for/use-9c, and its test
    together.py programs OUT ROOT LESSON/NAME…    programs; the name one starts by says which one runs
    together.py tests    OUT ROOT NAME…           files of tests, e.g. 13_client_test
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#include\s+(<[^>]+>|"[^"]+")')
MAIN = re.compile(r"^int main\(([^)]*)\)", re.M)


class Together:
    def __init__(self, root):
        self.root = Path(root)
        self.includes = []
        self.text = []

    def add_answer(self, lesson, exercise):
        number = lesson.split("-")[0]
        test = f"{number}_{exercise.replace('-', '_')}_test.cpp"
        self.open_namespace("exercise", exercise)
        self.paste(self.root / "solutions" / lesson / f"{exercise}.cpp", lesson)
        self.paste(self.root / "tests" / test, lesson)
        self.text.append("}")

    def add_test(self, name):
        self.open_namespace("file", name)
        self.paste(self.root / "tests" / f"{name}.cpp", "")
        self.text.append("}")

    def add_program(self, lesson, name):
        """Returns the call of its main()."""
        path = self.root / "lessons" / lesson / f"{name}.cpp"
        arguments = MAIN.search(path.read_text())[1] and "argc, argv"
        self.open_namespace("program", name)
        self.paste(path, lesson)
        while not self.text[-1] or self.text[-1].startswith("//"):
            self.text.pop()
        assert self.text[-1].endswith("}"), f"{path}: main() is not the last function"
        self.text[-1] = self.text[-1][:-1] + "return 0; }"  # only ::main() needs none
        self.text.append("}")
        return f"program_{name}::main({arguments})"

    def open_namespace(self, kind, name):
        self.seen = set()
        self.text.append(f"namespace {kind}_{name.replace('-', '_')} {{")

    def paste(self, path, lesson):
        """A file's lines; headers of the lesson are pasted where they are included, once."""
        self.text.append(f'#line 1 "{path}"')
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found:
                self.include(found[1], lesson)
                self.text.append(f'#line {number + 1} "{path}"')
            elif line != "#pragma once":
                self.text.append(line)
            else:
                self.text.append("")

    def include(self, name, lesson):
        header = self.root / "lessons" / lesson / name.strip('"<>')
        if name.startswith("<") or not header.exists():
            if name not in self.includes:
                self.includes.append(name)
        elif header not in self.seen:
            self.seen.add(header)
            self.paste(header, lesson)

    def choose(self, calls):
        """main(): runs the one whose name it is started by."""
        self.includes += ["<cstdlib>", "<string_view>"]
        self.text += ["int main([[maybe_unused]] int argc, char** argv) {",
                      "  const std::string_view name = argv[0];"]
        self.text += [f'  if (name.ends_with("{name}")) return {call};' for name, call in calls]
        self.text += ["  std::abort();", "}"]

    def write(self, out):
        head = [f"#include {name}" for name in self.includes]
        Path(out).write_text("\n".join(head + self.text) + "\n")


def main(kind, out, root, *names):
    together = Together(root)
    pairs = [name.split("/") for name in names]
    if kind == "answers":
        for pair in pairs:
            together.add_answer(*pair)
    elif kind == "programs":
        together.choose([(f"/{lesson[:2]}-{name}", together.add_program(lesson, name))
                         for lesson, name in pairs])
    else:
        for name in names:
            together.add_test(name)
    together.write(out)


main(*sys.argv[1:])
