"""A compiler's launcher in the kit's clones: an object that the build has made already, of the same
sources by the same command, is taken from there. Whatever differs is compiled.

    borrow.py SOURCE BUILD CLONE compiler arguments…

Only objects in which no path of the sources is compiled are taken, so that they are what the compiler
would make."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path


class Lender:
    def __init__(self, source, build, clone):
        self.source, self.build, self.clone = Path(source), Path(build), Path(clone)

    def in_clone(self, text):
        return text.replace(str(self.source), str(self.clone))

    def command_of(self, made):
        """The arguments that it was compiled with there, without the compiler's name."""
        mark = re.compile(rf"-o {re.escape(made)} ")
        for entry in json.loads((self.build / "compile_commands.json").read_text()):
            if mark.search(entry["command"]):
                words = shlex.split(entry["command"])
                return words[next(i for i, word in enumerate(words) if word.startswith("-")) :]
        return None

    def sources_of(self, made):
        """What was read for it there, as ninja knows, if it is up to date."""
        known = subprocess.run(["ninja", "-t", "deps", made], cwd=self.build, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        first, *files = known.splitlines() or [""]
        return [line.strip() for line in files if line.strip()] if "(VALID)" in first else []

    def has(self, made, arguments):
        theirs = self.command_of(made)
        if theirs is None or not (self.build / made).exists():
            return []
        if meaning(map(self.in_clone, theirs)) != meaning(without_dependencies(arguments)):
            return []
        if str(self.source).encode() in (self.build / made).read_bytes():
            return []
        files = [os.path.normpath(self.build / name) for name in self.sources_of(made)]
        ours = [self.in_clone(name) for name in files]
        changed = (self.build / made).stat().st_mtime
        for name, copy in zip(files, ours):
            if name == copy:
                continue  # the system's
            if os.stat(name).st_mtime > changed or not self.is_copy(name, copy):
                return []
        return ours

    def is_copy(self, name, copy):
        """Sources that CMake has put together include others by their paths."""
        text = Path(name).read_text()
        return Path(copy).read_text() in (text, self.in_clone(text))

    def lend(self, made, files, depfile):
        shutil.copyfile(self.build / made, made)
        escaped = [name.replace(" ", "\\ ") for name in files]
        Path(depfile).write_text(f"{made}: {' '.join(escaped)}\n")


def without_dependencies(arguments):
    """What ninja adds to a command, to hear what was read, is not in compile_commands.json."""
    text = "\0".join(arguments) + "\0"
    return re.sub(r"-MD\0|-M[TF]\0[^\0]*\0", "", text).split("\0")[:-1]


def meaning(arguments):
    """The last level of optimisation counts. A tree for measurements has said it for all, and ours for
    what is measured; the same is true of NDEBUG."""
    words = list(arguments)
    levels = [word for word in words if re.fullmatch("-O[0-3s]", word)]
    once = levels[-1:] + (["-DNDEBUG"] if "-DNDEBUG" in words else [])
    return [word for word in words if word not in levels + once] + once


def after(arguments, option):
    return arguments[arguments.index(option) + 1] if option in arguments else ""


def main(source, build, clone, *command):
    arguments = list(command[1:])
    made, depfile = after(arguments, "-o"), after(arguments, "-MF")
    if depfile:
        lender = Lender(source, build, clone)
        files = lender.has(made, arguments)
        if files:
            return lender.lend(made, files, depfile)
    os.execvp(command[0], command)


main(*sys.argv[1:])
