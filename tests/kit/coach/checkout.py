"""What the coach's tests share: the kit's clean clone as a learner's checkout, ./learn started in
it, and a look at what is left behind. A failed expectation raises Problem with all that was said."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit import SOURCE, Build, Lesson, Problem, call, main  # noqa: E402, F401
from processes import marked, processes  # noqa: E402

SLUG = "03-timers"  # the lesson that the tests work in: small, and without descriptors
HEADER = f"exercises/{SLUG}/aio/timers.hpp"
PATIENCE = 300  # seconds; other tests may keep the machine busy


class Said:
    """What a command printed, and its exit status."""

    def __init__(self, command, status, text):
        self.command, self.status, self.text = command, status, text

    def expect(self, status, *parts, but_not=()):
        """Requires an exit status, and texts that were said."""
        missing = [p for p in parts if p not in self.text]
        extra = [p for p in but_not if p in self.text]
        if self.status != status or missing or extra:
            raise Problem(
                f"{self.command} exits with {self.status}, not {status}; "
                f"missing {missing}, unwanted {extra}. It says:\n{self.text}"
            )
        return self

    @property
    def json(self):
        return json.loads(self.text)


class Checkout:
    """A copy of the kit as a learner has it, in a path with a space."""

    def __init__(self, build_folder):
        self.build = Build(build_folder)
        self.folder = self.build.work / "clean clone"
        self.lesson = Lesson(SLUG)

    def starters(self, name, upto=None):
        """Pristine exercises, cut from the clone's own sources."""
        out = self.build.work / "starters" / name
        command = [self.path("build/dev/bin/coach"), "starters", "--out", out]
        call(command + (["--upto", upto] if upto else []), cwd=self.folder)
        return out

    def path(self, name):
        return self.folder / name

    def reset(self):
        """Pristine exercises, no progress."""
        remove(self.path(".learn"))
        pristine = self.starters("coach")
        for leftover in self.folder.glob("exercises/**/*.bak*"):
            leftover.unlink()
        for starter in pristine.glob("**/*.*"):
            target = self.folder / "exercises" / starter.relative_to(pristine)
            if not starter.is_file():
                continue
            if not target.exists() or target.read_bytes() != starter.read_bytes():
                shutil.copy(starter, target)

    def solve_layer(self):
        """The runtime's layer in place of the starter."""
        for layer in self.lesson.layers:
            shutil.copy(self.path("runtime/aio") / layer.name, self.path(HEADER).parent)

    def solve_up_to(self, step):
        """A starter in which the steps up to this one are written."""
        written = self.starters(f"coach-{step}", step)
        for layer in self.lesson.layers:
            shutil.copy(written / SLUG / "aio" / layer.name, self.path(HEADER).parent)

    def edit(self, name, old, new, count=1):
        text = self.path(name).read_text()
        if old not in text:
            raise Problem(f"{name} does not hold {old!r}")
        self.path(name).write_text(text.replace(old, new, count))

    def start(self, *arguments, **options):
        """Starts ./learn in a session of its own, its output in a pipe."""
        return subprocess.Popen(
            [*options.pop("prefix", []), self.path("learn"), *arguments],
            cwd=options.pop("cwd", self.folder),
            env=marked(os.environ | options.pop("env", {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            **options,
        )

    def learn(self, *arguments, **options):
        return finish(self.start(*arguments, **options))

    @property
    def progress(self):
        return json.loads(self.path(".learn/progress.json").read_text())["items"]


def finish(process):
    command = " ".join(map(str, ["./learn", *process.args[1:]]))
    try:
        text, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as late:
        os.killpg(process.pid, signal.SIGKILL)
        raise Problem(f"{command} does not end") from late
    return Said(command, process.returncode, text)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def wait_until(what, condition):
    """Waits for another process to get somewhere."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Problem(f"this never happened: {what}")
        time.sleep(0.02)


def expect_no_strays():
    try:
        wait_until_briefly(lambda: not processes())
    except Problem as problem:
        raise Problem(f"processes are left behind: {processes()}") from problem


def wait_until_briefly(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Problem("it did not happen in time")
        time.sleep(0.02)


def run_all(tests, checkout):
    """Runs test functions on a pristine checkout each; says which failed."""
    failed = []
    for test in tests:
        checkout.reset()
        began = time.monotonic()
        try:
            test(checkout)
            expect_no_strays()
            print(f"ok      {test.__name__}  ({time.monotonic() - began:.1f} s)", flush=True)
        except Problem as problem:
            for pid in processes():  # they would disturb what comes next
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            failed.append(test.__name__)
            print(f"FAILED  {test.__name__}: {problem}\n", flush=True)
    checkout.reset()
    if failed:
        raise Problem(f"failed: {', '.join(failed)}")


def tests_in(module):
    """The test functions of a module, in order; `only` names some of them."""
    only = os.environ.get("COACH_TEST")
    return [
        function
        for name, function in vars(sys.modules[module]).items()
        if name.startswith("test_") and only in (None, name)
    ]
