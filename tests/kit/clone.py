"""Keeps clean clones in the build folder, in paths with a space. `clone.py BUILD NAME` brings a clone
up to date and starts ./learn in it, as a newcomer would; objects are borrowed from the build.
`clone.py BUILD NN-slug` runs the commands that a lesson's text gives, in their order."""

import re
import shutil
import subprocess
from pathlib import Path

from kit import SOURCE, Build, Lesson, Problem, call, main
from mirror import mirror

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
TIMEOUT = 300
FOR_COMMANDS = "clean clone of lessons"


def restore(build, clone):
    mirror(build.starters("starters/all"), clone / "exercises")
    shutil.rmtree(clone / ".learn", ignore_errors=True)


def run(command, clone):
    words, _, expected = command.partition("# exit ")
    print(f"$ {command}", flush=True)
    done = subprocess.run(
        words, shell=True, cwd=clone, stdin=subprocess.DEVNULL, timeout=TIMEOUT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    if done.returncode != int(expected or 0):
        raise Problem(f"exits with {done.returncode}\n{done.stdout}")


def check_commands(build, lesson):
    clone = build.work / FOR_COMMANDS
    restore(build, clone)
    text = (lesson.folder / "README.md").read_text()
    for block in CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                run(line[2:], clone)


def configure(build, clone):
    """Its builds take from ours what is the same: the coach and what is measured."""
    launcher = ["python3", Path(__file__).with_name("borrow.py"), SOURCE, build.folder, clone]
    option = "-DCMAKE_CXX_COMPILER_LAUNCHER=" + ";".join(map(str, launcher))
    for preset in ("dev", "release"):
        call(["cmake", "--preset", preset, option], cwd=clone)


def check(folder, name):
    build = Build(folder)
    if Lesson(name).folder.exists():
        return check_commands(build, Lesson(name))
    clone = build.work / name
    mirror(SOURCE, clone)
    restore(build, clone)
    configure(build, clone)
    print(call([clone / "learn", "--yes", "--plain"], cwd=clone, stdin=subprocess.DEVNULL))


main(check, "BUILD", "NAME")
