"""A wrong turn makes a typical mistake. The tests that it names must reject it, by a failed
expectation, and must say its name where they can recognise it."""

import json
import re
import shutil
from pathlib import Path

from kit import SOURCE, Build, Problem, call, main, run
from turns import PLAN, Turn


def step_of(test):
    step = re.match(r"Step(\d+)_", test)
    if not step:
        raise Problem(f"{test} belongs to no step: whoever takes this turn would not meet it")
    return step[1]


# ── turns that cannot stand beside what they replace are compiled by themselves ──


def changed_by_patch(turn):
    changed = re.findall(r"^\+\+\+ b/(\S+)", turn.text, re.M)
    if len(changed) != 1:
        raise Problem(f"{turn} must change one file, not {changed}")
    return SOURCE / changed[0]


def with_other_functions(turn, path):
    source = path.read_text()
    replaced = sorted(turn.replaced(), key=lambda r: -r[0].begin)
    for original, _, function in replaced:
        source = source[: original.begin] + function.text + source[original.close + 1 :]
    return source


def write_answer(turn, folder):
    """Makes the file that the turn changes."""
    path = changed_by_patch(turn) if turn.is_patch else turn.replaced()[0][1]
    root = SOURCE / "runtime" if path.suffix == ".hpp" else path.parent
    answer = folder / turn.lesson.slug / path.relative_to(root)
    answer.parent.mkdir(parents=True, exist_ok=True)
    if turn.is_patch:
        shutil.copyfile(path, answer)
        call(["patch", "--quiet", "--no-backup-if-mismatch", answer, turn.path])
    else:
        answer.write_text(with_other_functions(turn, path))


def alone(turn, build):
    """Programs, and the tests that each is to run. The tests of a few steps compile sooner."""
    name = f"wrong-turns/{turn.lesson.slug}-{turn.name}"
    answers = build.work / name
    write_answer(turn, answers)
    if turn.exercise:
        program = build.small_of(turn.lesson, turn.exercise, answers, name)
        return {program: turn.tests}
    steps = {}
    for test in turn.tests:
        steps.setdefault(step_of(test), []).append(test)
    return {
        build.tests_of(turn.lesson, answers, f"{name}-{k}", k): named for k, named in steps.items()
    }


# ── the others are in one program ──


def chosen(turn, build):
    part = f"-{turn.exercise}" if turn.exercise else ""
    if not part:
        list(map(step_of, turn.tests))
    return {build.program(f"{turn.lesson.number}{part}.turns"): turn.tests}


def check_caught(result, tests):
    for test in tests:
        event = result.events.get(test, "not run")
        if event != "fail":
            raise Problem(f"{test} does not catch it: {event}\n{result.output[-3000:]}")
        print(f"{test} fails:\n{result.messages[test]}\n")


def is_recognised(turn):
    return any(f'"{turn.name}"' in test.read_text() for test in turn.lesson.tests)


def check(folder, path):
    turn, build = Turn(Path(path).resolve()), Build(folder)
    plan = json.loads((build.variants / "turns" / turn.lesson.slug / PLAN).read_text())[turn.name]
    if plan not in ("alone", "chosen"):
        raise Problem(plan)
    programs = alone(turn, build) if plan == "alone" else chosen(turn, build)
    choice = {"LOOPWRIGHT_TURN": turn.name} if plan == "chosen" else {}
    said = ""
    for program, named in programs.items():
        suites = {test.split(".")[0] for test in named}
        result = run(program, ":".join(sorted(suite + ".*" for suite in suites)), **choice)
        result.require_orderly(turn)
        check_caught(result, named)
        said += result.output
    sentence = f": {turn.name} — {turn.header['Says']}"  # after `Wrong turn`, or what it looks like
    if is_recognised(turn) and sentence not in said:
        raise Problem(f"a test knows this wrong turn, and does not say `{sentence}`")


main(check, "BUILD", "TURN")
