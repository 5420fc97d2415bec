"""Watch mode as a person uses it: ./learn in a terminal, keys, saves, signals."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from checkout import HEADER, SLUG, Checkout, Problem, expect_no_strays, main, processes, run_all
from checkout import tests_in, wait_until
from terminal import Terminal, expect, expect_fits

PREDICTION = f"exercises/{SLUG}/predict-3a.txt"


class Watch(Terminal):
    """A terminal in which ./learn runs."""

    def start(self, arguments="", before="", until="answer in the file yet"):
        """`until`: a text of the first verdict; that of predict-1a unless one was elsewhere."""
        self.type(f"stty -g > '{self.modes}'; clear")
        self.type(f"{before} ./learn {arguments}; echo 'ended: '$?'.'")
        self.wait_for("q quit")
        self.wait_for(until)
        return self

    @property
    def modes(self):
        return self.socket.with_suffix(".modes")

    def keys(self, text):
        self.tmux("send-keys", "-l", text)

    def jump(self, item, text):
        """Goes to an item through the list's search, and waits for a text of its page."""
        self.keys("l")
        self.wait_for("Everything in the course")
        self.keys("/" + item)
        self.wait_for(f"Search: {item}_")
        self.press("Enter")
        self.wait_for(text)

    def expect_end(self, status):
        self.wait_for(f"ended: {status}.")
        self.type(f"clear; stty -g | diff '{self.modes}' - && echo same' 'as' 'before")
        self.wait_for("same as before")

    def quit(self):
        self.keys("q")
        self.expect_end(0)


def failures(checkout, item):
    path = checkout.path(".learn/progress.json")
    return checkout.progress.get(item, {}).get("failures", 0) if path.exists() else 0


def save_in_place(path, text):
    path.write_text(text)


def save_as_vim_does(path, text):
    path.rename(path.with_name(path.name + "~"))
    path.write_text(text)
    path.with_name(path.name + "~").unlink()


def save_by_renaming_over(path, text):
    new = path.with_name(".new")
    new.write_text(text)
    new.replace(path)


def save_by_deleting(path, text):
    path.unlink()
    path.write_text(text)


def save_many_times(path, text):
    """Whenever it is looked at meanwhile, the file holds the whole text."""
    with path.open("r+") as file:
        expect(os.fstat(file.fileno()).st_size == len(text), "the texts must be of one length")
    for _ in range(20):
        with path.open("r+") as file:
            file.write(text)


def test_every_manner_of_saving_is_one_check(checkout):
    manners = [save_in_place, save_as_vim_does, save_by_renaming_over, save_by_deleting,
               save_many_times]
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.jump("predict-3a", "no answer in the file yet")
        for count, save in enumerate(manners, 1):
            save(checkout.path(PREDICTION), f"wrong{count}\n")
            terminal.wait_for(f'says "wrong{count}"')
            counted = failures(checkout, "predict-3a")
            expect(counted == count, f"{save.__name__}: {counted} checks, not {count}")
        terminal.quit()
    expect(failures(checkout, "predict-3a") == len(manners), "there were more checks later")


def test_from_failing_over_hints_to_the_next(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        expect_fits(terminal.shows())
        terminal.jump("fix-3c", "○ fix-3c")
        terminal.keys("s")
        terminal.wait_for("The answer is shown when")
        terminal.wait_for("another")
        terminal.keys("h")
        terminal.wait_for("Hint 1 of 3")
        terminal.keys("h")
        terminal.wait_for("Hint 2 of 3")
        mine = checkout.path(f"exercises/{SLUG}/fix-3c.cpp")
        mine.write_text(mine.read_text() + "// mine\n")
        terminal.wait_for("Hints so far: 2; h shows them.")
        expect("✗ fix-3c" in terminal.shows() and "Hint 1" not in terminal.shows(),
               terminal.shows())
        terminal.keys("h")
        terminal.wait_for("Hint 2 of 3")
        expect("Hint 3 of 3" not in terminal.shows(), terminal.shows())
        shutil.copy(checkout.path(f"solutions/{SLUG}/fix-3c.cpp"),
                    checkout.path(f"exercises/{SLUG}/fix-3c.cpp"))
        terminal.wait_for("fix-3c passes")
        terminal.wait_for("1 of ")
        terminal.keys("h")
        terminal.wait_for("fix-3c passes and needs no hint")
        terminal.keys("s")
        terminal.wait_for("Yours is the same")
        terminal.keys("x")
        terminal.wait_for("fix-3c passes")
        terminal.keys("s")
        terminal.wait_for("Yours is the same")
        terminal.keys("n")
        terminal.wait_for("Write:  exercises/03-timers/fix-3d.cpp")
        terminal.keys("p")
        terminal.wait_for("Write:  exercises/03-timers/fix-3c.cpp")
        terminal.keys("?")
        terminal.wait_for("answer, after a pass")
        terminal.wait_for("longest")
        terminal.quit()


def test_a_long_answer_begins_at_its_beginning(checkout):
    shutil.copy(checkout.path(f"solutions/{SLUG}/fix-3c.cpp"),
                checkout.path(f"exercises/{SLUG}/fix-3c.cpp"))
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.jump("fix-3c", "fix-3c passes")
        terminal.tmux("resize-window", "-x", "60", "-y", "20")
        wait_until("it is drawn anew", lambda: "fix-3c" in terminal.shows())
        terminal.keys("s")
        terminal.wait_for("Lines 1 to")
        expect(terminal.shows().startswith("fix-3c A metronome"), terminal.shows())
        terminal.press("PageDown")
        wait_until("it moves", lambda: "Lines 1 to" not in terminal.shows())
        terminal.press("Up")
        terminal.press("End")
        terminal.wait_for("Yours is the same")
        terminal.press("Home")
        terminal.wait_for("Lines 1 to")
        terminal.keys("p")
        terminal.wait_for("Write:  exercises/03-timers/use-3b.cpp")
        terminal.quit()


def test_the_list(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.keys("l")
        terminal.wait_for("> 01  · predict-1a")
        terminal.wait_for("03 Timers")
        expect_fits(terminal.shows())
        terminal.press("Down")
        wait_until("it moves", lambda: "> 01  · predict-1a" not in terminal.shows())
        terminal.press("Home")
        terminal.wait_for("> 01  · predict-1a")
        terminal.keys("/Ties")
        terminal.wait_for("> 03  · predict-3a")
        terminal.press("Escape")
        terminal.wait_for("> 01  · predict-1a")
        terminal.press("Escape")
        terminal.wait_for("r reset")
        terminal.quit()


def ask_for_reset(terminal, checkout):
    """Comes to a file with an answer, and asks for its reset."""
    terminal.start()
    terminal.jump("predict-3a", "no answer in the file yet")
    checkout.path(PREDICTION).write_text("mine\n")
    terminal.wait_for('says "mine"')
    terminal.keys("r")
    terminal.wait_for("(y/n)")


def test_reset_asks(checkout):
    with Watch(checkout) as terminal:
        ask_for_reset(terminal, checkout)
        terminal.keys("n")
        terminal.wait_for("Nothing was changed")
        expect(checkout.path(PREDICTION).read_text() == "mine\n", "it was reset")
        terminal.keys("ry")
        wait_until("reset", lambda: checkout.path(PREDICTION).read_text() != "mine\n")
        terminal.wait_for("predict-3a.txt.bak")
        terminal.wait_for("no answer in the file yet")
        terminal.keys("ry")
        terminal.wait_for("predict-3a.txt is as it was")
        terminal.quit()


def test_resize(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.tmux("resize-window", "-x", "100", "-y", "60")
        terminal.wait_for("t timeline · r reset")  # they fit on one line now
        terminal.tmux("resize-window", "-x", "60", "-y", "60")
        terminal.wait_for("s solution\n")
        expect_fits(terminal.shows())
        terminal.quit()


def test_linear_text(checkout):
    for arguments, before in (("--plain", ""), ("", "TERM=dumb")):
        with Watch(checkout) as terminal:
            terminal.tmux("pipe-pane", f"cat > '{terminal.modes}.raw'")
            terminal.start(arguments, before)
            checkout.path("exercises/01-waiting/predict-1a.txt").write_text("nonsense\n")
            terminal.wait_for('says "nonsense"')
            terminal.keys("h")
            terminal.wait_for("Hint 1 of 3")
            terminal.keys("l")
            terminal.wait_for("The list: arrows move")
            terminal.wait_for("(Waiting)")
            terminal.press("Escape")
            shown = Path(f"{terminal.modes}.raw").read_text(errors="replace")
            shown = shown[shown.index("Loopwright"):]
            expect("\x1b" not in shown and "━" not in shown, f"not linear: {shown!r}")
            terminal.quit()
        checkout.reset()


def test_ctrl_c_ctrl_z_and_sigterm(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.press("C-z")
        terminal.wait_for("Stopped")
        terminal.type("echo still' 'echoes")
        terminal.wait_for("still echoes")
        terminal.type("clear; fg")
        wait_until("the screen is cleared", lambda: "Stopped" not in terminal.shows())
        terminal.wait_for("q quit")
        terminal.keys("h")
        terminal.wait_for("Hint 1 of 3")
        terminal.press("C-c")
        terminal.wait_for("nothing is lost")
        terminal.type(f"clear; stty -g | diff '{terminal.modes}' - && echo same' 'as' 'before")
        terminal.wait_for("same as before")
    with Watch(checkout) as terminal:
        terminal.start()
        coach = [pid for pid, command in processes().items() if "bin/coach" in command]
        os.kill(coach[0], signal.SIGTERM)
        terminal.expect_end(143)


def compilers():
    return {pid for pid, command in processes().items() if " -c " in command}


def test_a_save_during_a_build_restarts_it(checkout):
    endless = checkout.build.work / "endless.hpp"  # nobody ever writes to it: reading does not end
    endless.unlink(missing_ok=True)
    os.mkfifo(endless)
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.jump("3.1", "○ 3.1")
        before = failures(checkout, "3.1")
        checkout.edit(HEADER, "#pragma once", f'#pragma once\n#include "{endless}"')
        wait_until("it compiles", compilers)
        old = compilers()
        checkout.edit(HEADER, f'#include "{endless}"', "#error second")
        terminal.wait_for("#error second")
        expect(not old & compilers(), "the first compiler goes on")
        expect(failures(checkout, "3.1") == before + 1, "two checks came to an end")
        terminal.quit()


def test_a_hang_is_killed_with_its_children(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.jump("predict-3a", "no answer in the file yet")
        terminal.jump("3.1", "○ 3.1")
        checkout.solve_layer()
        checkout.edit(HEADER, "#pragma once", "#pragma once\n#include <unistd.h>")
        checkout.edit(HEADER, "  heap_.emplace_back();",
                      "  if (fork() == 0) setpgid(0, 0);\n  for (volatile int i = 0;; i = i + 1) {}")
        terminal.jump("3.2", "did not end")
        terminal.quit()
    expect_no_strays()


def test_the_editor(checkout):
    with Watch(checkout) as terminal:
        terminal.start(before="EDITOR='tee -a'")
        terminal.jump("predict-3a", "no answer in the file yet")  # what is appended is its answer
        terminal.keys("e")
        wait_until("the editor runs", lambda: f"tee -a {PREDICTION}" in processes().values())
        terminal.type("typed in the editor")
        terminal.press("C-d")
        terminal.wait_for('says "typed in the editor"')
        terminal.quit()


def test_two_at_once(checkout):
    with Watch(checkout) as first, Watch(checkout, "tmux-2") as second:
        first.start()
        second.start()
        checkout.path("exercises/01-waiting/predict-1a.txt").write_text("both\n")
        first.wait_for('says "both"')
        second.wait_for('says "both"')
        second.quit()
        first.quit()


def test_a_reset_is_no_failure(checkout):
    with Watch(checkout) as terminal:
        ask_for_reset(terminal, checkout)
        terminal.keys("y")
        terminal.wait_for("no answer in the file yet")
        checkout.path(PREDICTION).write_text("again\n")
        terminal.wait_for('says "again"')
        terminal.quit()
    expect(failures(checkout, "predict-3a") == 2, "the starter counts as an attempt")


def test_a_newer_starter_is_told(checkout):
    checkout.edit(HEADER, "#pragma once", "#pragma once  // mine")
    mine = checkout.path(HEADER).read_text()
    with Watch(checkout) as terminal:
        terminal.start()  # it keeps the starters
        base = checkout.path(f".learn/base/{SLUG}/aio/timers.hpp")
        base.write_text(mine.replace("  // mine", "").replace("// Your layer", "// An older layer"))
        terminal.jump("3.1", "./learn merge 03")
        terminal.quit()
    expect(checkout.path(HEADER).read_text() == mine, "the file was touched")


def test_a_key_stops_the_benchmark(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.keys("b")
        terminal.wait_for("Any key stops this.")
        wait_until("it builds", lambda: any("ninja" in c or "cmake" in c or "01-bench" in c
                                            for c in processes().values()))
        terminal.keys("x")
        terminal.wait_for("predict-1a.txt")
        wait_until("all of it is stopped", lambda: all("bin/coach" in c or "tmux" in c or "bash" in c
                                                       for c in processes().values()))
        terminal.quit()


def test_the_timeline(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.wait_for("t timeline")
        terminal.jump("predict-2a", "predict-2a")
        terminal.wait_for("answer in the file yet")
        expect("t timeline" not in terminal.shows(), terminal.shows())
        terminal.keys("t")
        terminal.wait_for("No program of this lesson has tasks to tell of")
        terminal.jump("predict-7a", "predict-7a")
        terminal.keys("t")
        terminal.wait_for("Timeline, in the time of the loop")
        terminal.wait_for("another")
        terminal.keys("x")
        terminal.wait_for("q quit")
        terminal.quit()


def pass_all_but(checkout, *open_items):
    """As if the learner had done everything else."""
    items = [item["id"] for lesson in checkout.learn("status", "--json").json["lessons"]
             for item in lesson["items"]]
    done = {"passed": True, "failures": 0, "hints": 0, "last_work": ""}
    path = checkout.path(".learn/progress.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(
        {"version": 1, "items": {item: done for item in items if item not in open_items}}))


def test_next_skips_what_is_done(checkout):
    pass_all_but(checkout, "predict-3a", "use-3b", "fix-3d")
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.wait_for("Write:  exercises/03-timers/predict-3a.txt")
        terminal.keys("n")
        terminal.wait_for("Write:  exercises/03-timers/use-3b.cpp")
        terminal.keys("n")
        terminal.wait_for("Write:  exercises/03-timers/fix-3d.cpp")
        terminal.keys("n")  # and on from the beginning
        terminal.wait_for("Write:  exercises/03-timers/predict-3a.txt")
        terminal.quit()


def test_it_opens_where_one_left(checkout):
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.jump("fix-3c", "○ fix-3c")
        terminal.quit()
        terminal.start(until="○ fix-3c")
        terminal.wait_for("Write:  exercises/03-timers/fix-3c.cpp")
        terminal.quit()
        shutil.copy(checkout.path(f"solutions/{SLUG}/fix-3c.cpp"),
                    checkout.path(f"exercises/{SLUG}/fix-3c.cpp"))
        checkout.learn("check", "fix-3c").expect(0)
        terminal.start(until="○ fix-3d")  # what comes after it
        terminal.quit()


def test_what_another_terminal_checks_is_seen(checkout):
    shutil.copy(checkout.path(f"solutions/{SLUG}/fix-3c.cpp"),
                checkout.path(f"exercises/{SLUG}/fix-3c.cpp"))
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.wait_for("0 of ")
        terminal.keys("l")
        terminal.wait_for("03  · fix-3c")
        checkout.learn("check", "fix-3c").expect(0)
        terminal.wait_for("03  ✓ fix-3c")
        terminal.press("Escape")
        terminal.wait_for("1 of ")
        terminal.quit()


def test_what_broke_after_its_pass_has_hints(checkout):
    mine = checkout.path(f"exercises/{SLUG}/fix-3c.cpp")
    starter = mine.read_text()
    shutil.copy(checkout.path(f"solutions/{SLUG}/fix-3c.cpp"), mine)
    with Watch(checkout) as terminal:
        terminal.start()
        terminal.jump("fix-3c", "fix-3c passes")
        terminal.jump("predict-3a", "no answer in the file yet")
        mine.write_text(starter + "// mine\n")
        terminal.jump("fix-3c", "✗ fix-3c")
        terminal.keys("h")
        terminal.wait_for("Hint 1 of 3")
        terminal.quit()
    expect(not checkout.progress["fix-3c"]["passed"], "it still counts as passed")
    expect(failures(checkout, "fix-3c") == 0, "an arrival counts as an attempt")


def test_on_24_lines_nothing_scrolls_away(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "a.order < b.order", "a.order > b.order")
    with Watch(checkout) as terminal:
        terminal.tmux("resize-window", "-x", "80", "-y", "24")
        terminal.start()
        terminal.jump("3.1", "m shows them all")
        shown = terminal.shows()
        expect(shown.startswith("Loopwright"), shown)
        for part in ("Write due_before()", "Happened:", "q quit"):
            expect(part in shown, f"{part} is not in\n{shown}")
        terminal.keys("m")
        terminal.wait_for("What led here")
        terminal.press("End")
        terminal.wait_for("Likely cause")
        terminal.keys("x")
        terminal.wait_for("m shows them all")
        terminal.quit()


def test_the_editor_opens_at_the_line(checkout):
    vim = checkout.build.work / "bin" / "vim"
    vim.parent.mkdir(exist_ok=True)
    vim.write_text('#!/bin/sh\necho "vim opens $*"; read answer\n')
    vim.chmod(0o755)
    with Watch(checkout) as terminal:
        terminal.start(before=f"EDITOR='{vim}'")
        terminal.jump("3.2", "Write:  exercises/03-timers/aio/timers.hpp:")
        terminal.keys("e")
        terminal.wait_for("vim opens +")
        terminal.press("Enter")
        terminal.wait_for("q quit")
        terminal.quit()


def check(build):
    run_all(tests_in(__name__), Checkout(build))


if __name__ == "__main__":
    sys.exit(main(check, "BUILD"))
