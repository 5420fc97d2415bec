"""Keeps a clean clone in the build folder, in a path with a space, and runs in it the commands
that a lesson's text gives, in their order. With no lesson: brings the clone up to date and
builds it, as a newcomer would."""

import filecmp
import re
import shutil
import subprocess

from kit import SOURCE, Build, Problem, call, main

LEFT_OUT = {".git", ".learn", "build", "exercises", "compile_commands.json", "__pycache__"}
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
TIMEOUT = 300


def copy(source, target):
    """Makes `target` equal to `source`, and touches only what differs."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = {p.name for p in source.iterdir()} - LEFT_OUT
    for old in target.iterdir():
        if old.name not in wanted | LEFT_OUT:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in wanted:
        if (source / name).is_dir():
            copy(source / name, target / name)
        elif not (target / name).exists() or not filecmp.cmp(source / name, target / name, False):
            shutil.copy2(source / name, target / name)
            (target / name).touch()


def restore(build, clone):
    copy(build.starters("starters/all"), clone / "exercises")
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
    copy(SOURCE, clone)
    restore(build, clone)
    print(call([clone / "learn", "--yes", "--plain"], cwd=clone, stdin=subprocess.DEVNULL))


main(check, "BUILD", "NN-slug")
