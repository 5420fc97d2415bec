"""./learn on a real terminal of 60 columns: what fits, what moves, what Ctrl-C leaves behind."""

import os
import re
import shlex
import subprocess
import sys

from checkout import (
    HEADER, Checkout, Problem, expect_no_strays, main, marked, run_all, tests_in, wait_until,
)

WIDTH = 60
DONE = "-- done: "


class Terminal:
    """A shell in a tmux of its own."""

    def __init__(self, checkout, name="tmux", **environment):
        self.socket = checkout.build.work / name
        self.socket.unlink(missing_ok=True)
        self.environment = {k: v for k, v in os.environ.items() if k not in ("TMUX", "NO_COLOR")}
        self.environment = marked(self.environment | {"TERM": "screen"} | environment)
        self.tmux("new-session", "-d", "-x", str(WIDTH), "-y", "200", "bash --norc")
        self.type(f"cd {shlex.quote(str(checkout.folder))}; clear")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def tmux(self, *arguments):
        command = ["tmux", "-u", "-f", "/dev/null", "-S", self.socket, *arguments]
        return subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, check=True
        ).stdout.decode(errors="replace")

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def press(self, key):
        self.tmux("send-keys", key)

    def shows(self, colours=False):
        """The lines of the screen; one that the terminal had to break counts as one."""
        return self.tmux("capture-pane", "-p", "-J", *(["-e"] if colours else [])).rstrip() + "\n"

    def wait_for(self, text):
        try:
            wait_until(text, lambda: text in self.shows())
        except Problem as problem:
            raise Problem(f"{problem}; the terminal shows:\n{self.shows()}") from problem

    def run(self, command):
        """Runs a command; returns its exit status and the screen."""
        self.type(f"{command}; echo '{DONE}'$?'.'")
        self.wait_for_status()
        return self.status(), self.shows()

    def wait_for_status(self):
        wait_until("the command ends", lambda: self.status() is not None)

    def status(self):
        found = re.search(rf"^{DONE}(\d+)\.", self.shows(), re.M)
        return int(found[1]) if found else None


def expect(condition, sentence):
    if not condition:
        raise Problem(sentence)


def expect_fits(screen):
    """No line is longer than the terminal, unless it is one long word, such as a path, or code."""
    for line in screen.splitlines():
        line = line.rstrip()
        breakable = " " in line.strip()[: WIDTH - 12] and not line.startswith(" " * 6)
        expect(len(line) <= WIDTH or not breakable or DONE in line, f"too long: {line}\n{screen}")


def test_everything_fits(checkout):
    for command in ("check 03", "status", "hint 3.1 --all", "solution 3.2", "check predict-3a",
                    "reset 03", "demo 3 ties", "check 3.9"):
        with Terminal(checkout) as terminal:
            _, screen = terminal.run(f"./learn {command}")
            expect_fits(screen.split("\n", 1)[1])


def test_failures_and_compile_errors_fit(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "a.order < b.order", "a.order > b.order")
    with Terminal(checkout) as terminal:
        status, screen = terminal.run("./learn check 03")
        expect(status == 1 and "Likely cause" in screen, screen)
        expect_fits(screen.split("\n", 1)[1])


def test_signs_and_colours_are_shown(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "a.order < b.order", "a.order > b.order")
    with Terminal(checkout) as terminal:
        terminal.run("./learn check 03")
        expect("✗" in terminal.shows(), terminal.shows())
        expect("\x1b[31m" in terminal.shows(colours=True), "there is no colour")


def test_plain_and_no_color(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "a.order < b.order", "a.order > b.order")
    with Terminal(checkout) as terminal:
        terminal.run("./learn --plain check 03")
        expect("✗" not in terminal.shows() and "failing" in terminal.shows(), terminal.shows())
        expect("\x1b[3" not in terminal.shows(colours=True), "--plain has colours")
    with Terminal(checkout, NO_COLOR="1") as terminal:
        terminal.run("./learn check 03")
        expect("\x1b[3" not in terminal.shows(colours=True), "NO_COLOR has colours")
    with Terminal(checkout) as terminal:
        terminal.run("TERM=dumb ./learn check 03")
        expect("\x1b[3" not in terminal.shows(colours=True), "TERM=dumb has colours")


def test_progress_leaves_no_trace(checkout):
    checkout.edit(HEADER, "#pragma once", "#pragma once\n// touched")
    with Terminal(checkout) as terminal:
        status, screen = terminal.run("./learn check 03")
        expect(status == 1 and "3.1" in screen, screen)
        expect("Building" not in screen and "Running" not in screen, screen)


def test_ctrl_c_leaves_the_terminal_sane(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "  heap_.emplace_back();", "  for (volatile int i = 0;; i = i + 1) {}")
    with Terminal(checkout) as terminal:
        terminal.type("stty -a > /dev/shm/coach-before; clear")
        terminal.type(f"./learn check 03; echo '{DONE}'$?'.'")
        terminal.wait_for("Running the tests")
        terminal.press("C-c")
        terminal.wait_for_status()
        expect(terminal.status() == 130, f"it ends with {terminal.status()}: {terminal.shows()}")
        expect("nothing is lost" in terminal.shows(), terminal.shows())
        terminal.type("clear; stty -a | diff /dev/shm/coach-before - && echo same' 'as' 'before")
        terminal.wait_for("same as before")
    os.unlink("/dev/shm/coach-before")
    expect_no_strays()


def test_ctrl_z_and_fg(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "#pragma once", "#pragma once\n// touched")
    with Terminal(checkout) as terminal:
        terminal.type("./learn check 03")
        terminal.wait_for("Building")
        terminal.press("C-z")
        terminal.wait_for("Stopped")
        terminal.type("fg")
        terminal.wait_for("Still open in this lesson")
    expect_no_strays()


def check(build):
    run_all(tests_in(__name__), Checkout(build))


if __name__ == "__main__":
    sys.exit(main(check, "BUILD"))
