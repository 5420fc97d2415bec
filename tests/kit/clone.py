"""Keeps a clean clone in the build folder, in a path with a space, and runs in it the commands
that a lesson's text gives, in their order. With no lesson: brings the clone up to date and
builds it, as a newcomer would."""

import re
import shutil
import subprocess

from kit import SOURCE, Build, Problem, call, main
from mirror import mirror

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
TIMEOUT = 300


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


def check_commands(build, clone, slug):
    restore(build, clone)
    text = (SOURCE / "lessons" / slug / "README.md").read_text()
    for block in CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                run(line[2:], clone)


def check(folder, slug):
    build = Build(folder)
    clone = build.work / "clean clone"
    if slug != "-":
        return check_commands(build, clone, slug)
    mirror(SOURCE, clone)
    restore(build, clone)
    print(call([clone / "learn", "--yes", "--plain"], cwd=clone, stdin=subprocess.DEVNULL))


main(check, "BUILD", "NN-slug")
