"""Puts tests and what they test into one source file that compiles much faster than each alone.

    together.py OUT ROOT LESSON/ID…

For each exercise, e.g. 09-wait-for/use-9c: the headers of its lesson, the answer and its test, in a
namespace of their own, so that equal names do not meet. All other headers are included before.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#include\s+(<[^>]+>|"[^"]+")')


class Together:
    def __init__(self, root):
        self.root = Path(root)
        self.includes = []
        self.text = []

    def add(self, lesson, exercise):
        number = lesson.split("-")[0]
        self.seen = set()
        self.text.append(f"namespace exercise_{exercise.replace('-', '_')} {{")
        self.paste(self.root / "solutions" / lesson / f"{exercise}.cpp", lesson)
        name = f"{number}_{exercise.replace('-', '_')}_test.cpp"
        self.paste(self.root / "tests" / name, lesson)
        self.text.append("}")

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

    def write(self, out):
        head = [f"#include {name}" for name in self.includes]
        Path(out).write_text("\n".join(head + self.text) + "\n")


def main(out, root, *exercises):
    together = Together(root)
    for exercise in exercises:
        together.add(*exercise.split("/"))
    together.write(out)


main(*sys.argv[1:])
