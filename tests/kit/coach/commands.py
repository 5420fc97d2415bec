"""Every command of ./learn, as a learner gives it: what it says, its exit status, what it changes."""

import json
import shutil
import subprocess
import sys

from checkout import HEADER, SLUG, Checkout, Problem, main, run_all, tests_in

SHEET = f"exercises/{SLUG}/predict-3a.txt"


def expect(condition, sentence):
    if not condition:
        raise Problem(sentence)


def states(said):
    return [item["state"] for item in said.json["items"]]


# ── ./learn and check ──


def test_learn_alone_shows_where_to_begin(checkout):
    checkout.learn().expect(
        0, "Lesson 01", "./learn demo", "./learn check predict-1a", "./learn hint predict-1a",
        "exercises/01-waiting/predict-1a.txt",
    )


def test_only_lessons_that_are_there_can_be_tested(checkout):
    checkout.learn("test", "99").expect(2, "99")


def test_learn_works_from_any_folder(checkout):
    checkout.learn("status", cwd="/").expect(0, "Next:")


def test_output_without_a_terminal_is_plain(checkout):
    for command in ([], ["check", "03"], ["status"], ["hint", "3.1"], ["demo", "3", "in_turn"]):
        checkout.learn(*command).expect(
            1 if "check" in command else 0, but_not=("\x1b", "\r", "✓", "✗")
        )


def test_an_untouched_layer_fails_at_its_first_step(checkout):
    checkout.learn("check", "03").expect(
        1, "3.1", "Write due_before()", f"exercises/{SLUG}/aio/", "Not written yet:", "(timers.hpp:",
        "./learn hint 3.1", f"compiled: exercises/{SLUG}/aio/timers.hpp",
        but_not=("exception", "terminate"),
    )
    expect(not checkout.path(".learn/progress.json").exists(), "a starter counts as an attempt")


def test_what_nobody_has_begun_is_not_called_failing(checkout):
    for item in ("03", "use-3b", "fix-3c", "predict-3a"):
        said = checkout.learn("check", item).expect(1, "not started: ", but_not=("failing: ",))
    said = checkout.learn("check", "03", "--json").expect(1)
    expect(said.json["items"][0]["begun"] is False, said.text)
    checkout.solve_up_to("3.1")
    checkout.edit(HEADER, "return a.when", "return a.when == b.when; return a.when")
    checkout.learn("check", "03").expect(1, "failing:     3.1", but_not=("not started",))


def test_a_finished_layer_is_offered_to_programs(checkout):
    checkout.solve_layer()
    checkout.learn("check", "03").expect(
        0, "./learn demo 03 --mine", "./learn bench 03 --variant mine", "./learn try 03"
    )


def test_only_what_was_written_can_fail(checkout):
    checkout.solve_up_to("3.1")
    checkout.learn("check", "03").expect(1, "3.2")
    expect(set(checkout.progress) == {"3.1"}, f"3.2 counts as attempted: {checkout.progress}")
    checkout.learn("check", "fix-3c").expect(1)
    checkout.learn("check", "predict-3a").expect(1)
    expect(set(checkout.progress) == {"3.1"}, f"starters count as attempts: {checkout.progress}")
    checkout.edit(HEADER, "return a.when", "return a.when == b.when; return a.when")
    checkout.learn("check", "03").expect(1, "3.1")
    expect(checkout.progress["3.1"]["failures"] == 1, "an attempt does not count")
    expect(not checkout.progress["3.1"]["passed"], "3.1 counts as passed")


def test_the_runtimes_layer_passes_and_leaves_the_small_exercises(checkout):
    checkout.solve_layer()
    checkout.learn("check", "03").expect(0, "predict-3a", "use-3b", "fix-3c", but_not=("3.6",))
    for step in checkout.lesson.steps:
        expect(checkout.progress[step]["passed"], f"{step} does not count as passed")
    checkout.learn().expect(0, "Lesson 01")


def test_steps_are_checked_in_order(checkout):
    checkout.solve_up_to("3.2")
    said = checkout.learn("check", "3", "--json").expect(1)
    expect(
        states(said) == ["done", "done", "failing", "waiting", "waiting"], f"{states(said)}"
    )
    checkout.learn("check", "03").expect(1, "3.3", "Write cancel()")


def test_one_step_is_checked_alone(checkout):
    checkout.solve_up_to("3.1")
    checkout.learn("check", "3.1").expect(0, "3.1", but_not=("3.2 ",))
    checkout.learn("check", "3.2").expect(
        1, "3.2", "Not written yet: append", "(timers.hpp:", "./learn hint 3.2"
    )


def test_a_layer_that_is_moved_back_is_compiled_again(checkout):
    checkout.solve_layer()
    checkout.learn("check", "3.1").expect(0)
    checkout.learn("reset", "03").expect(0)
    checkout.learn("check", "3.1").expect(1, "Not written yet")
    for name in ("clock.hpp", "timers.hpp"):  # with their old times, as mv does it
        file = checkout.path(f"exercises/{SLUG}/aio/{name}")
        file.with_suffix(".hpp.bak").rename(file)
    checkout.learn("check", "3.1").expect(0)


def test_a_wrong_layer_is_told_its_story(checkout):
    checkout.solve_layer()
    checkout.edit(HEADER, "a.order < b.order", "a.order > b.order")
    checkout.learn("check", "03").expect(1, "3.1", "Expected", "Happened", "Likely cause")


def test_variants_check_other_files_and_leave_progress_alone(checkout):
    for variant in ("runtime", "solution"):
        checkout.learn("check", "03", "--variant", variant).expect(
            0, "compiled: runtime/aio/timers.hpp"
        )
    expect(not checkout.path(".learn/progress.json").exists(), "progress was written")


def test_mine_takes_the_layers_that_are_written(checkout):
    shutil.copy(checkout.path("runtime/aio/timers.hpp"), checkout.path(HEADER))
    checkout.edit(HEADER, "#pragma once", "#pragma once\n// mine")
    checkout.learn("check", "03", "--variant", "mine").expect(0, "timers.hpp")
    mine = sorted(p.name for p in checkout.path(".learn/mine/aio").iterdir())
    expect(mine == ["timers.hpp"], f".learn/mine/aio holds {mine}")
    checkout.edit(HEADER, "return a.when", 'AIO_TODO("3.1", "again"); return a.when')
    checkout.learn("check", "03", "--variant", "mine").expect(0)
    expect(not list(checkout.path(".learn/mine/aio").iterdir()), "an unwritten layer is taken")


def test_check_for_machines(checkout):
    said = checkout.learn("check", "03", "--json").expect(1)
    expect(said.json["version"] == 1 and said.json["lesson"] == "03", said.text)
    expect(said.json["passed"] is False and len(said.json["items"]) == 5, said.text)
    first = said.json["items"][0]
    expect(first["id"] == "3.1" and first["state"] == "failing", said.text)
    expect({"test", "event", "message"} <= set(first["tests"][0]), said.text)
    said = checkout.learn("status", "--json").expect(0)
    lesson = next(x for x in said.json["lessons"] if x["number"] == "03")
    expect(lesson["items"][0]["id"] == "predict-3a", said.text)


# ── small exercises ──


def answer(checkout, *lines):
    with checkout.path(SHEET).open("a") as sheet:
        sheet.writelines(line + "\n" for line in lines)


def truth(checkout):
    checkout.learn("check", "predict-3a")
    done = subprocess.run(
        [checkout.path("build/dev/bin/03-ties")], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if line.strip()]


def test_a_prediction_without_an_answer_is_not_done(checkout):
    checkout.learn("check", "3a").expect(1, "predict-3a", "no answer", SHEET)


def test_a_wrong_prediction_hears_only_where(checkout):
    right = truth(checkout)
    answer(checkout, right[0], "nonsense", "more nonsense")
    said = checkout.learn("check", "predict-3a").expect(1, "2", "nonsense")
    expect(right[1] not in said.text.split(), f"it gives the answer away: {said.text}")


def test_a_short_or_long_prediction_is_wrong(checkout):
    right = truth(checkout)
    answer(checkout, *right[:-1])
    checkout.learn("check", "predict-3a").expect(1)
    checkout.reset()
    answer(checkout, *right, "more")
    checkout.learn("check", "predict-3a").expect(1)


def test_a_right_prediction_passes_however_it_is_typed(checkout):
    right = truth(checkout)
    answer(checkout, "# mine", "", *(f"  {line.upper()}  " for line in right), "")
    checkout.learn("check", "predict-3a").expect(0, "Deadlines decide")
    expect(checkout.progress["predict-3a"]["passed"], "it does not count as passed")


def test_fix_and_use_fail_and_pass(checkout):
    checkout.learn("check", "use-3b").expect(1, "Not written yet:", "(use-3b.cpp:")
    for name in ("use-3b", "fix-3c"):
        checkout.learn("check", name).expect(1, name, f"./learn hint {name}")
        answer = checkout.path(f"solutions/{SLUG}/{name}.cpp")
        shutil.copy(answer, checkout.path(f"exercises/{SLUG}"))
        checkout.learn("check", name[-2:]).expect(0, name)
        checkout.learn("solution", name).expect(0, "Yours is the same", but_not=("//: ", "**"))


def test_a_fix_as_it_was_handed_out_is_not_explained(checkout):
    checkout.learn("check", "fix-3c").expect(
        1, "Expected", "Happened", but_not=("Likely cause", "Wrong turn")
    )
    starter = checkout.path(f"exercises/{SLUG}/fix-3c.cpp")
    starter.write_text(starter.read_text() + "\n// mine\n")
    checkout.learn("check", "fix-3c").expect(1, "Expected", "Likely cause")


def test_a_written_test_is_scored_by_what_it_catches(checkout):
    checkout.learn("check", "test-4d").expect(1, "not started: test-4d", "Not written yet")
    answer = checkout.path("solutions/04-event-loop/test-4d.cpp").read_text()
    mine = checkout.path("exercises/04-event-loop/test-4d.cpp")
    mine.write_text(answer)
    checkout.learn("check", "test-4d").expect(0, "Catches 3 of 3.", "Caught: the queue runs")
    mine.write_text(answer.replace('EXPECT_EQ(order, "a");', ""))
    checkout.learn("check", "test-4d").expect(
        1, "Catches 2 of 3.", "stays hidden", but_not=("run_ready also runs",)
    )
    mine.write_text(answer.replace('"abc"', '"cba"'))
    checkout.learn("check", "test-4d").expect(1, "Your test rejects the reference")


def test_a_lesson_without_a_layer_checks_its_small_exercises(checkout):
    checkout.learn("check", "01").expect(1, "predict-1a")


# ── hint, solution, reset, status ──


def test_hints_come_one_after_the_other(checkout):
    for number in (1, 2, 3, 3):
        checkout.learn("hint", "3.1").expect(0, f"Hint {number} of 3")
    checkout.learn("hint", "predict-3a", "--all").expect(
        0, "Hint 1", "Hint 2", "Hint 3", "./learn solution predict-3a --spoil"
    )
    checkout.learn("hint", "3").expect(0, "Hint")
    expect(checkout.progress["3.1"]["hints"] == 3, "the hints are not remembered")


def test_a_solution_waits_for_a_pass(checkout):
    checkout.learn("solution", "3.1").expect(1, "--spoil", but_not=("a.when",))
    checkout.learn("solution", "3.1", "--spoil").expect(0, "a.when")
    checkout.learn("solution", "fix-3c", "--spoil").expect(0, "next", but_not=("//: ", "**"))
    checkout.solve_layer()
    checkout.learn("check", "03").expect(0)
    checkout.learn("hint", "3.1", "--all").expect(0, "solution 3.1", but_not=("--spoil",))
    checkout.learn("solution", "3.1").expect(0, "a.when", "Yours is the same")
    checkout.edit(HEADER, "return a.when", "/* mine */ return a.when")
    checkout.learn("solution", "3.1").expect(0, "Yours is the same")
    checkout.edit(HEADER, "return a.when", "const bool mine = true; return mine && a.when")
    checkout.learn("solution", "3.1").expect(0, "mine && a.when", but_not=("Yours is the same",))


def test_reset_keeps_every_version(checkout):
    starter = checkout.path(HEADER).read_text()
    for number, name in enumerate(("timers.hpp.bak", "timers.hpp.bak.1", "timers.hpp.bak.2")):
        checkout.path(HEADER).write_text(f"// version {number}\n")
        checkout.learn("reset", "03").expect(0, name)
        expect(checkout.path(HEADER).read_text() == starter, "it is not the starter")
        kept = checkout.path(HEADER).with_name(name).read_text()
        expect(kept == f"// version {number}\n", f"{name} holds {kept!r}")


def test_reset_touches_only_what_it_is_asked_for(checkout):
    answer(checkout, "mine")
    checkout.solve_layer()
    checkout.learn("check", "03").expect(0)
    checkout.learn("reset", "3.2").expect(0, "timers.hpp")
    expect("mine" in checkout.path(SHEET).read_text(), "the prediction is reset too")
    expect(not checkout.progress["3.2"]["passed"], "3.2 still counts as passed")
    checkout.learn("reset", "predict-3a").expect(0, "predict-3a.txt.bak")
    checkout.path(SHEET).unlink()
    checkout.learn("reset", "3a").expect(0)
    expect(checkout.path(SHEET).exists(), "a lost file is not brought back")


def test_status_shows_the_map(checkout):
    checkout.solve_layer()
    checkout.learn("check", "03").expect(0)
    said = checkout.learn("status").expect(0, "03 ", "3.1", "predict-3a", "Next:")
    expect("predict-1a" in said.text.split("Next:")[1], "the next step is not the first open one")


# ── progress and files that move on ──


def test_progress_goes_to_another_machine(checkout):
    checkout.learn("hint", "3.1").expect(0)
    checkout.learn("export", ".learn/travel.json").expect(0, "./learn import travel.json")
    checkout.learn("export", ".learn/travel.json").expect(1, "--force")
    checkout.path(".learn/progress.json").unlink()
    checkout.learn("import", ".learn/travel.json").expect(0, "1 exercise")
    expect(checkout.progress["3.1"]["hints"] == 1, "the hint is forgotten")
    checkout.learn("import", HEADER).expect(1, "Nothing has been changed")
    checkout.learn("import", "nowhere.json").expect(1, "nowhere.json")


def test_a_newer_starter_waits_under_an_edited_file(checkout):
    checkout.edit(HEADER, "#pragma once", "#pragma once  // mine")
    mine = checkout.path(HEADER).read_text()
    base = checkout.path(f".learn/base/{SLUG}/aio/timers.hpp")
    checkout.learn("status").expect(0, but_not=("has changed",))
    base.write_text(mine.replace("  // mine", "").replace("// Your layer", "// An older layer"))
    checkout.learn("status").expect(0, "has changed", "./learn merge 03")
    checkout.learn("merge", "3.1").expect(0, "+// Your layer", "--write")
    expect(checkout.path(HEADER).read_text() == mine, "the file was touched")
    checkout.learn("merge", "3", "--write").expect(0, "timers.hpp.bak")
    checkout.learn("merge").expect(0, "not changed anything")
    checkout.learn("merge", "--write", "--keep").expect(2)


# ── bench ──


def test_the_stages_are_measured_on_the_learners_layers_too(checkout):
    checkout.learn("bench", "stages", env={"BENCHMARK_FILTER": "/1/"}).expect(
        0, "CPU/request", "busy-wait", "poll", "epoll", "loop", "tasks", "streams",
        "A bar is the CPU time of one request.", "epoll: lesson 02", but_not=("(yours)", "failed"),
    )
    checkout.solve_layer()
    checkout.learn(
        "bench", "stages", "--variant", "mine", env={"BENCHMARK_FILTER": "/1/"}
    ).expect(
        0, "This runs on your clock.hpp and timers.hpp; the rest is the reference.", "epoll (yours)",
        "loop (yours)", "tasks (yours)", "streams (yours)",
        but_not=(" poll (yours)", "busy-wait (yours)", "failed"),
    )


# ── demo, starters, wrong usage ──


def test_a_demo_says_what_it_shows(checkout):
    named = checkout.learn("demo", "3", "one_heap").expect(0, but_not=("thread_each",))
    expect(named.text.count("one heap") <= 1, named.text)
    checkout.learn("demo", "3").expect(
        0, "Three alarms, slept for one after the other", "thread_each", "./learn demo 03",
        but_not=("Timers for the same moment",),
    )
    checkout.learn("demo", "3", "nothing").expect(2, "ties", "one_heap")


def test_a_demo_passes_arguments_on(checkout):
    program = checkout.path("lessons/03-timers/in_turn.cpp")
    before = program.read_text()
    program.write_text("#include <cstdio>\nint main(int, char** given) { std::puts(given[2]); }\n")
    checkout.learn("demo", "3", "in_turn", "first", "second").expect(0, "second")
    program.write_text(before)


def test_a_demo_writes_a_trace(checkout):
    file = checkout.path("trace.json")
    checkout.learn("demo", "7", "chat", "--spoil", "--trace", str(file)).expect(0)
    events = json.loads(file.read_text())
    expect(any(event["name"] == "thread_name" for event in events), events)
    expect_spans_that_nest(events)


def expect_spans_that_nest(events):
    """As Perfetto wants them: known phases, and on a thread a span is in another or beside it."""
    expect({event["ph"] for event in events} <= set("MXCisf"), {event["ph"] for event in events})
    threads = {}
    for event in events:
        if event["ph"] == "X":
            begin = round(event["ts"] * 1000)
            threads.setdefault((event["pid"], event["tid"]), []).append(
                (begin, begin + round(event["dur"] * 1000))
            )
    for spans in threads.values():
        around = []
        for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            while around and around[-1] <= begin:
                around.pop()
            expect(not around or end <= around[-1], f"{begin} to {end} crosses the end {around}")
            around.append(end)


def test_a_demo_runs_in_debug_mode(checkout):
    program = checkout.path("lessons/03-timers/in_turn.cpp")
    before = program.read_text()
    program.write_text(
        "#include <cstdio>\n#include <cstdlib>\n"
        'int main() { std::printf("debug: %s.\\n", std::getenv("LOOPWRIGHT_DEBUG")); }\n'
    )
    checkout.learn("demo", "3", "in_turn", "--debug").expect(0, "debug: 1.")
    program.write_text(before)


def test_a_process_that_is_no_program_of_ours_is_not_asked(checkout):
    checkout.learn("ps", "1").expect(1, "Process 1")
    checkout.learn("pstree", str(2**30)).expect(1, "There is no process")
    checkout.learn("pstree").expect(1, "while no such program runs")


def test_a_demo_keeps_the_answers_of_a_prediction(checkout):
    checkout.learn("demo", "3", "ties").expect(
        1, "predict-3a", "./learn demo 03 ties --spoil", but_not=("tea",)
    )
    checkout.learn("demo", "3", "ties", "--spoil").expect(0, "tea", "Timers for the same moment")
    answer(checkout, *truth(checkout))
    checkout.learn("check", "predict-3a").expect(0)
    checkout.learn("demo", "3", "ties").expect(0, "tea")


def test_a_demo_runs_on_the_learners_layers(checkout):
    checkout.learn("demo", "3", "one_heap", "--mine").expect(0, "none of your layers that it uses")
    checkout.learn("demo", "3", "in_turn", "--mine").expect(1, "in_turn uses no layer")
    checkout.solve_layer()
    checkout.edit(HEADER, "#pragma once", '#pragma once\n#include <cstdio>')
    checkout.edit(HEADER, "  heap_.emplace_back(", '  std::puts("mine pushes");\n  heap_.emplace_back(')
    checkout.learn("demo", "3", "one_heap", "--mine").expect(
        0, "This runs on your clock.hpp and timers.hpp; the rest", "mine pushes"
    )
    checkout.learn("demo", "3", "one_heap").expect(0, but_not=("mine pushes",))
    checkout.edit(HEADER, "heap_.emplace_back(", 'AIO_TODO("3.2", "again"); heap_.emplace_back(')
    checkout.learn("demo", "3", "one_heap", "--mine").expect(
        0, "This runs on your clock.hpp; the rest", but_not=("mine pushes",)
    )


def test_try_runs_a_program_of_ones_own(checkout):
    program = checkout.path(f"exercises/{SLUG}/try.cpp")
    program.unlink(missing_ok=True)
    checkout.learn("try", "03").expect(0, "try.cpp is yours", "toast\ntea")
    program.write_text(program.read_text().replace('"toast"', '"my toast"'))
    checkout.learn("try", "3").expect(0, "my toast", but_not=("is yours",))
    program.write_text("int main() { return nothing; }\n")
    checkout.learn("try", "3").expect(1, f"exercises/{SLUG}/try.cpp:1", "Nothing of this name")
    program.unlink()
    checkout.learn("starters", "--check").expect(0)


def test_diff_shows_what_a_lesson_adds(checkout):
    checkout.learn("diff", "1").expect(0, "adds nothing")
    checkout.learn("diff", "03").expect(
        0, "+ aio/timers.hpp", "you write 3.1 3.2", "lines of code", but_not=("+ inline", "AIO_TODO")
    )
    checkout.learn("diff", "03", "--spoil").expect(0, "3.1 ", "+ inline", "a.when")
    checkout.solve_up_to("3.1")
    checkout.learn("check", "3.1").expect(0)
    checkout.learn("diff", "03").expect(0, "a.when", "is shown when they pass", but_not=("3.2 append",))


def test_the_glossary_explains_terms(checkout):
    page = checkout.path("lessons/GLOSSARY.md")
    before = page.read_text() if page.exists() else None
    page.write_text("# Glossary\n\n### batch\n\nWhat is handled together.\n\n### task\n\nOne.\n")
    try:
        checkout.learn("glossary").expect(0, "batch and task.", "./learn glossary TERM")
        checkout.learn("glossary", "Batch").expect(0, "What is handled together", but_not=("One.",))
        checkout.learn("glossary", "nonsense").expect(1, "no \"nonsense\"")
        page.unlink()
        checkout.learn("glossary").expect(1, "GLOSSARY.md")
    finally:
        if before is not None:
            page.write_text(before)


def test_compare_reads_its_own_command_line(checkout):
    checkout.learn("compare", "--help").expect(0, "usage: ./learn compare", "--quick", "tokio")
    checkout.learn("compare", "--quick", "W99").expect(1, "there is no workload W99", "W10")
    checkout.learn("--plain", "compare", "--peers", "nobody").expect(1, "there is no peer nobody")


def test_starters_are_looked_after(checkout):
    checkout.learn("starters", "--check").expect(0)
    checkout.edit(HEADER, "AIO_TODO", "// AIO_TODO")
    checkout.path(SHEET).unlink()
    checkout.learn("starters", "--check").expect(1, HEADER, SHEET)
    edited = checkout.path(HEADER).read_text()
    checkout.learn("starters", "--write").expect(0, HEADER, "stays as it is")
    expect(checkout.path(HEADER).read_text() == edited, "an edited file was overwritten")
    expect(checkout.path(SHEET).exists(), "the missing file was not written")
    checkout.learn("starters", "--write", "--force").expect(0)
    kept = checkout.path(HEADER).with_name("timers.hpp.bak")
    expect(kept.read_text() == edited, "no .bak is kept")
    checkout.learn("starters", "--check").expect(0)


def test_wrong_usage_says_what_is_right(checkout):
    checkout.learn("check", "3.9").expect(2, "3.9", "3.1")
    checkout.learn("check", "predict-3z").expect(2, "predict-3a")
    checkout.learn("hint", "nonsense").expect(2, "IDs look like", but_not=("Did you mean",))
    checkout.learn("reset", "99").expect(2)
    checkout.learn("hint").expect(2)
    checkout.learn("nonsense").expect(2)
    checkout.learn("check", "--nonsense").expect(2)
    checkout.learn("check", "03", "--variant", "nonsense").expect(2, "exercise")
    checkout.learn("--help").expect(0, "check", "hint", "reset", "status")
    checkout.learn("help").expect(0, "check", "hint", "reset", "status", "glossary")
    checkout.learn("help", "check").expect(0, "--variant")


def check(build):
    run_all(tests_in(__name__), Checkout(build))


if __name__ == "__main__":
    sys.exit(main(check, "BUILD"))
