"""What the kit's checks share: where things are, what lessons hold, how a variant is built and run.

A check works on pristine copies made in the build folder, never on exercises/, which is the
learner's. It builds a copy with the very commands of the build's own targets, one folder replaced,
and only when something that went into it has changed.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache, cached_property
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
TIMEOUT = 120  # seconds; each test has a watchdog of its own


class Problem(Exception):
    """What a check found; its text is what the check prints."""


class Lesson:
    def __init__(self, slug):
        self.slug = slug
        self.number = slug[:2]
        self.folder = SOURCE / "lessons" / slug

    @cached_property
    def json(self):
        return json.loads((self.folder / "lesson.json").read_text())

    @property
    def layers(self):
        """The headers that the learner writes."""
        return [SOURCE / "runtime" / layer for layer in self.layer_names]

    @property
    def layer_names(self):
        """As they are included: aio/event_loop.hpp, http/connection.hpp."""
        names = self.json.get("layers", [])
        return [f"{name}.hpp" if "/" in name else f"aio/{name}.hpp" for name in names]

    @property
    def runtime(self):
        """The part of the runtime that the lesson builds."""
        of_http = any(name.startswith("http/") for name in self.layer_names)
        return SOURCE / "runtime" / ("http" if of_http else "aio")

    @property
    def steps(self):
        return [step["id"] for step in self.json.get("steps", [])]

    @property
    def exercises(self):
        return self.json.get("exercises", [])

    @property
    def small_tests(self):
        """Ids of the exercises that have a test: fix and use."""
        return [e["id"] for e in self.exercises if not e["id"].startswith("predict")]

    @property
    def tests(self):
        """The files of this lesson's tests."""
        return sorted((SOURCE / "tests").glob(f"{self.number}_*_test.cpp"))


class Run:
    """What a test program reported: an event and a message for each test."""

    def __init__(self, status, output, lines):
        self.status, self.output, self.events, self.messages = status, output, {}, {}
        for line in map(json.loads, lines):
            self.events[line["test"]] = line["event"]
            self.messages[line["test"]] = line.get("message", "")

    def suite(self, prefix):
        """The events of the suites that begin with a prefix."""
        return {test: event for test, event in self.events.items() if test.startswith(prefix)}

    def require_orderly(self, what):
        """Failures are fine, a crash or a hang is not."""
        wild = {t: e for t, e in self.events.items() if e in ("start", "crash", "hang")}
        if wild or self.status not in (0, 1):
            raise Problem(f"{what} ends with status {self.status}: {wild}\n{self.output[-3000:]}")


class Build:
    """A configured and built tree, and how to build variants of its targets beside it."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.work = self.folder / "kit"
        self.variants = self.work / "learn"  # the tree that tests/kit/variants defines

    @cached_property
    def commands(self):
        return json.loads((self.variants / "compile_commands.json").read_text())

    def program(self, target):
        """A program of the tree of variants."""
        return self.variants / "bin" / target

    def starters(self, name, upto=None):
        """Generates pristine starters, written up to a step, and returns their folder."""
        out = self.work / name
        command = [self.folder / "bin/coach", "starters", "--out", out]
        call(command + (["--upto", upto] if upto else []), cwd=SOURCE)
        return out

    def small_of(self, lesson, exercise, answers, name):
        """Builds an exercise like fix-4b with the answers of another folder."""
        copies = self.variants / "turns" / lesson.slug / "answers"
        target = f"{lesson.number}-{exercise}.turns"
        return self._variant(target, copies, answers / lesson.slug, name)

    def tests_of(self, lesson, answers, name, step=""):
        """Builds a lesson's tests, or those of a step, with the headers of another folder."""
        part = f".{step}" if step else ""
        target = f"{lesson.number}{part}.tried"
        return self._variant(target, SOURCE / "exercises", answers, name)

    def _variant(self, target, replaced, answers, name):
        """Compiles what depends on the answers; the rest of the target is in the build."""
        before, after = str(replaced), str(answers)
        out = self.work / "bin" / name
        out.mkdir(parents=True, exist_ok=True)
        objects = {}
        for original in self._compilations(target):
            arguments = [a.replace(before, after) for a in original]
            if arguments != original:
                compiled = arguments[arguments.index("-o") + 1]
                objects[compiled] = out / (Path(compiled).stem + ".o")
                self._compile(arguments, objects[compiled])
        if not objects:
            raise Problem(f"the build has no target {target} with {replaced}")
        return self._link(target, objects, out / target)

    def _compilations(self, target):
        commands = [entry["command"] for entry in self.commands]
        return [shlex.split(c) for c in commands if f"CMakeFiles/{target}.dir/" in c]

    def _compile(self, arguments, made):
        depfile = made.with_suffix(".d")
        arguments[arguments.index("-o") + 1] = str(made)
        arguments = [a for a in arguments if a != "-w"] + ["-MD", "-MF", str(depfile)]
        headers = [a for a in arguments if a.endswith(".pch")]
        make(arguments, made, self.variants, lambda: inputs_of(depfile, self.variants) + headers)

    def _link(self, target, objects, made):
        lines = call(["ninja", "-t", "commands", f"bin/{target}"], cwd=self.variants)
        arguments = shlex.split(lines.splitlines()[-1])
        arguments = arguments[arguments.index("&&") + 1 :]
        arguments = arguments[: arguments.index("&&")]
        arguments = [str(objects.get(a, a)) for a in arguments]
        arguments[arguments.index("-o") + 1] = str(made)
        linked = [self.variants / a for a in arguments if a.endswith((".o", ".a"))]
        make(arguments, made, self.variants, lambda: linked)
        return made


def call(command, **options):
    """Runs a command that must succeed; returns what it printed."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    if done.returncode != 0:
        raise Problem(f"{shlex.join(map(str, command))}\n{done.stdout}")
    return done.stdout


@cache
def digest(path):
    """Tells contents apart; of huge precompiled headers only size and time."""
    path = Path(path)
    if not path.exists():
        return None
    if path.suffix == ".pch":
        return [path.stat().st_size, path.stat().st_mtime_ns]
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs_of(depfile, folder):
    """What a compilation read, from the compiler's notes; the system's headers are left out."""
    text = depfile.read_text().replace("\\\n", " ").split(":", 1)[1]
    files = [f.replace("\\ ", " ") for f in re.findall(r"(?:\\ |\S)+", text)]
    return [str((folder / f).resolve()) for f in files if not f.startswith("/usr/")]


def make(command, made, folder, inputs):
    """Runs a command that makes a file, unless it was made so from the same inputs before."""
    record = made.with_name(made.name + ".json")
    if made.exists() and record.exists():
        before = json.loads(record.read_text())
        if before["command"] == command and all(
            digest(path) == known for path, known in before["inputs"].items()
        ):
            return
    record.unlink(missing_ok=True)
    call(command, cwd=folder)
    digest.cache_clear()
    contents = {str(path): digest(str(path)) for path in inputs()}
    record.write_text(json.dumps({"command": command, "inputs": contents}))


def run(program, filter="*", watchdog=20, **environment):
    """Runs a test program; a failed test is no problem here."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        variables = dict(os.environ, LEARN_REPORT=str(report), LOOPWRIGHT_WATCHDOG=str(watchdog))
        variables.pop("LOOPWRIGHT_SEED", None)
        try:
            done = subprocess.run(
                [program, f"--gtest_filter={filter}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                env=variables | environment,
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired as late:
            raise Problem(f"{program.name} does not end:\n{late.stdout}") from late
        lines = report.read_text(errors="replace").splitlines() if report.exists() else []
    return Run(done.returncode, done.stdout, lines)


def main(check, *names):
    """Calls check(arguments…) and exits with status 1 when it finds a problem."""
    arguments = sys.argv[1:]
    if len(arguments) != len(names):
        sys.exit(f"usage: {Path(sys.argv[0]).name} {' '.join(names)}")
    try:
        check(*arguments)
    except Problem as problem:
        sys.exit(f"\n{problem}")
    except FileNotFoundError as missing:
        sys.exit(f"\n{missing.filename} is missing")
