"""What ./learn stands up to: code that does not compile, hangs, crashes, leaks; damaged progress;
Ctrl-C and kill -9; two at once. Each time a clear message, nothing lost, nothing left running."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from checkout import (
    HEADER, SLUG, Checkout, Problem, expect_no_strays, finish, main, processes, remove, run_all,
    tests_in, wait_until,
)

PUSH = "  heap_.emplace_back();\n"  # the first line of TimerQueue::push()
LOG = "build/learn/03.exercise.log"


def in_push(checkout, code, *includes):
    """The runtime's layer, with one thing done first in push()."""
    checkout.solve_layer()
    checkout.edit(HEADER, PUSH, f"  {code}\n{PUSH}")
    for name in includes:
        checkout.edit(HEADER, "#include <vector>\n", f"#include <vector>\n#include <{name}>\n")


def expect(condition, sentence):
    if not condition:
        raise Problem(sentence)


# ── code that does not compile ──


def excerpt(said):
    """The lines of the error that are shown, up to what it means."""
    return said.text.split("does not compile:\n\n")[1].split("\n\n")[0].splitlines()


def test_a_syntax_error_is_shown_in_few_lines(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "  heap_.emplace_back();", "  heap_.emplace_back()")
    said = checkout.learn("check", "03").expect(1, f"{HEADER}:", "error: expected", "^", LOG)
    lines = [line for line in excerpt(said) if line.strip()]
    expect(3 <= len(lines) <= 4, f"{len(lines)} lines are shown: {lines}")  # a long one is wrapped
    expect(lines[0].strip().startswith(HEADER), f"the path is not the learner's: {lines[0]}")
    expect("A semicolon is missing" in said.text, "it is not said what the error means")
    expect("heap_" in checkout.path(LOG).read_text(), "the log does not hold the error")


def test_an_error_far_away_points_at_the_learners_line(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, PUSH, PUSH + "  struct Odd {};\n  std::vector<Odd> odd(2);\n"
                  "  std::sort(odd.begin(), odd.end());\n")
    checkout.learn("check", "03").expect(1, f"{HEADER}:", "error:")


def test_without_clang_the_same_is_said_of_what_gcc_says(checkout):
    alone = {"env": {"LEARN_COMPILER": "g++"}}
    checkout.solve_layer()
    checkout.learn("check", "3.2", **alone).expect(0)
    checkout.edit(HEADER, "  heap_.emplace_back();", "  heap_.emplace_back()")
    checkout.learn("check", "3.2", **alone).expect(
        1, f"{HEADER}:", "error: expected", "^", "build/dev/03.2", "A semicolon is missing")


def test_a_signature_that_was_changed_is_said(checkout):
    checkout.solve_layer()
    text = checkout.path(HEADER).read_text().replace("next_deadline", "next_line")
    checkout.path(HEADER).write_text(text)
    checkout.learn("check", "03").expect(1, "next_deadline", "error:", LOG)


def test_an_empty_file_is_said(checkout):
    checkout.path(HEADER).write_text("")
    checkout.learn("check", "03").expect(1, "error:", LOG)


def test_a_missing_file_can_be_brought_back(checkout):
    checkout.path(HEADER).unlink()
    checkout.learn("check", "03").expect(1, HEADER, "./learn reset")
    checkout.learn("reset", "03").expect(0, HEADER)
    checkout.learn("check", "03").expect(1, "Write due_before()")


def test_a_small_exercise_that_does_not_link_is_said(checkout):
    name = f"exercises/{SLUG}/use-3b.cpp"
    checkout.path(name).write_text("// nothing\n")
    checkout.learn("check", "3b").expect(1, "undefined symbol", "sleep_sort", "nowhere defined")


def test_a_coroutine_that_is_seldom_meant_is_said_when_a_check_fails(checkout):
    """g++ warns of neither, clang of the first."""
    name = f"exercises/{SLUG}/use-3b.cpp"
    for code, meant in (
        ("aio::Coro<int> lost(aio::Coro<> a) { co_await std::move(a); }", "co_return is missing"),
        ("auto kept = [](int& i) { return [&i]() -> aio::Coro<> { i = 1; co_return; }; };",
         "Pass it as a parameter"),
    ):
        before = checkout.path(name).read_text()
        checkout.path(name).write_text(before + f"#include <aio/coro.hpp>\n{code}\n")
        line = checkout.path(name).read_text().count("\n")
        said = checkout.learn("check", "3b").expect(1, f"{name}:{line}:")
        expect(meant in " ".join(said.text.split()), said.text)
        checkout.path(name).write_text(before)
    shutil.copy(checkout.path(f"solutions/{SLUG}/use-3b.cpp"), checkout.path(name))
    checkout.learn("check", "3b").expect(0, but_not=("co_return is missing",))


# ── code that does not end well ──


def test_a_loop_for_ever_is_stopped_and_named(checkout):
    in_push(checkout, "for (volatile int i = 0;; i = i + 1) {}")
    checkout.learn("check", "03").expect(1, "3.2", "Step2_", "did not end")


def test_a_crash_names_the_signal_and_the_test(checkout):
    in_push(checkout, "*static_cast<volatile int*>(nullptr) = 1;")
    checkout.learn("check", "03").expect(1, "3.2", "Step2_", "crashed", "Segmentation fault")


def test_an_abort_is_a_crash(checkout):
    in_push(checkout, "std::abort();", "cstdlib")
    checkout.learn("check", "03").expect(1, "Step2_", "crashed", "aborted")


def test_leaving_early_is_no_pass(checkout):
    for way in ("std::exit(0);", "std::_Exit(0);"):
        in_push(checkout, way, "cstdlib")
        checkout.learn("check", "03").expect(1, "3.2", "Step2_")
        checkout.learn("check", "3.2").expect(1, "3.2", "Step2_")


def test_a_stack_overflow_is_a_crash(checkout):
    in_push(checkout, "volatile char room[4096]; room[0] = 0; push(when, timer); room[1] = 0;")
    checkout.learn("check", "03").expect(1, "3.2", "Step2_", "crashed")


def test_an_unknown_exception_fails_its_test(checkout):
    in_push(checkout, "throw 42;")
    checkout.learn("check", "03").expect(1, "3.2", "Step2_", "failed")


def test_memory_without_end_is_refused(checkout):
    in_push(checkout, "for (std::vector<std::vector<char>> all;;) all.emplace_back().reserve(1 << 28);")
    checkout.learn("check", "03").expect(1, "3.2", "Step2_", "bad_alloc")


def test_descriptors_that_leak_do_no_harm(checkout):
    in_push(checkout, 'while (::open("/dev/null", O_RDONLY) != -1) {}', "fcntl.h")
    said = checkout.learn("check", "03")
    expect(said.status in (0, 1) and "3.1" in said.text, f"{said.status}: {said.text}")


def test_output_without_end_is_bounded(checkout):
    in_push(checkout, 'for (int i = 0; i < 2000000; ++i) std::puts("so much to say");', "cstdio")
    said = checkout.learn("check", "03")
    expect(len(said.text) < 100_000, f"{len(said.text)} characters are shown")


def test_children_of_the_learners_code_do_not_stay(checkout):
    in_push(checkout, "if (::fork() == 0) for (;;) ::pause();", "unistd.h")
    checkout.learn("check", "03")
    expect_no_strays()


def test_signals_that_are_ignored_do_not_keep_it_alive(checkout):
    in_push(
        checkout,
        "for (int s = 1; s < 32; ++s) std::signal(s, SIG_IGN); for (;;) ::pause();",
        "csignal", "unistd.h",
    )
    checkout.learn("check", "03").expect(1, "3.2", "Step2_", "did not end")


# ── damaged and unwritable progress ──


def test_garbled_progress_is_set_aside(checkout):
    progress = checkout.path(".learn/progress.json")
    progress.parent.mkdir(exist_ok=True)
    garbage = [b"", b"{", b"[]", b'{"version": 1}', b"\xff\x00\xfe", b'{"version":1,"items":[1]}',
               b'{"version":1,"items":{"3.1":7}}', b"null"]
    for number, bad in enumerate(garbage, 1):
        progress.write_bytes(bad)
        aside = f".learn/progress.damaged-{number}.json"
        checkout.learn("hint", "3.1").expect(0, aside, "Hint 1 of 3")
        expect(checkout.path(aside).read_bytes() == bad, f"{aside} does not hold the old text")
        expect(checkout.progress["3.1"]["hints"] == 1, "progress does not go on")
    checkout.learn("hint", "3.1").expect(0, "Hint 2 of 3", but_not=("damaged",))


def test_progress_of_a_newer_kit_is_left_alone(checkout):
    progress = checkout.path(".learn/progress.json")
    progress.parent.mkdir(exist_ok=True)
    newer = '{"version": 99, "items": {}}'
    progress.write_text(newer)
    checkout.learn("status")
    checkout.learn("hint", "3.1")
    expect(progress.read_text() == newer, "it was overwritten")


def test_progress_that_cannot_be_saved_is_said_once(checkout):
    remove(checkout.path(".learn"))
    checkout.path(".learn").write_text("in the way")
    checkout.solve_up_to("3.2")
    said = checkout.learn("check", "03").expect(1, "3.3", "not saved")
    expect(said.text.count("not saved") == 1, said.text)
    checkout.learn("status").expect(0)


# ── interruptions ──


def running(word):
    return [pid for pid, command in processes().items() if word in command]


def interrupt_when(checkout, word, *arguments):
    """Presses Ctrl-C when a process with this word in its command line works."""
    process = checkout.start(*arguments)
    wait_until(f"{word} runs", lambda: running(word))
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does: to ./learn's own group
    return finish(process)


def test_ctrl_c_while_it_builds(checkout):
    checkout.solve_up_to("3.1")
    interrupt_when(checkout, "half-1.cpp", "check", "03").expect(130, "nothing is lost")
    expect_no_strays()
    checkout.learn("check", "03").expect(1, "3.2")


def test_ctrl_c_while_a_test_hangs(checkout):
    in_push(checkout, "for (volatile int i = 0;; i = i + 1) {}")
    interrupt_when(checkout, "gtest_filter", "check", "03").expect(130, "nothing is lost")
    expect_no_strays()
    checkout.learn("status").expect(0)


def test_being_told_to_end_while_a_test_hangs(checkout):
    in_push(checkout, "for (volatile int i = 0;; i = i + 1) {}")
    process = checkout.start("check", "03")
    wait_until("the tests run", lambda: running("gtest_filter"))
    process.terminate()
    finish(process).expect(143)
    expect_no_strays()


def test_kill_9_takes_the_children_along(checkout):
    in_push(checkout, "for (volatile int i = 0;; i = i + 1) {}")
    process = checkout.start("check", "03")
    wait_until("the tests run", lambda: running("gtest_filter"))
    process.kill()
    finish(process)
    expect_no_strays()


def test_two_checks_at_once(checkout):
    checkout.solve_up_to("3.2")
    both = [checkout.start("check", "03"), checkout.start("check", "03")]
    for process in both:
        finish(process).expect(1, "3.3", "Write cancel()")
    expect(checkout.progress["3.2"]["passed"], "3.2 does not count as passed")


def test_many_at_once_lose_no_progress(checkout):
    ids = [*checkout.lesson.steps, "predict-3a", "use-3b", "fix-3c", "predict-1a"]
    for process in [checkout.start("hint", name) for name in ids]:
        finish(process).expect(0)
    expect(set(checkout.progress) == set(ids), f"{set(ids) - set(checkout.progress)} are lost")


def test_half_a_file_never_replaces_progress(checkout):
    checkout.learn("hint", "3.1").expect(0)
    for delay in range(20):
        process = checkout.start("hint", "3.2")
        try:
            process.wait(timeout=delay / 200)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        expect(checkout.progress["3.1"]["hints"] == 1, "progress is lost")
    leftovers = [p for p in Path(checkout.path(".learn")).iterdir() if "damaged" in p.name]
    expect(not leftovers, f"{leftovers}")


def check(build):
    run_all(tests_in(__name__), Checkout(build))


if __name__ == "__main__":
    sys.exit(main(check, "BUILD"))
