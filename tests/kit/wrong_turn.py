"""A wrong turn is a patch that makes a typical mistake. The test that it names must reject it, by a
failed expectation, and must say its name where it can recognise it."""

import re
import shutil
from pathlib import Path

from kit import SOURCE, Build, Lesson, Problem, call, main, run


def header_of(patch):
    return dict(re.findall(r"^(Name|Says|From|Caught-by): *(.+)$", patch.split("\n--- ")[0], re.M))


def apply(patch_file, patch, lesson, work):
    """Makes the patched file; returns the folder of answers that holds it, and its target's part."""
    changed = re.findall(r"^\+\+\+ b/(\S+)", patch, re.M)
    if len(changed) != 1:
        raise Problem(f"{patch_file.name} must change one file, not {changed}")
    original = Path(changed[0])
    is_layer = original.parts[0] == "runtime"
    inside = Path(*original.parts[1:]) if is_layer else Path(original.name)
    answer = work / lesson.slug / inside
    answer.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SOURCE / original, answer)
    call(["patch", "--quiet", "--no-backup-if-mismatch", answer, patch_file])
    return "" if is_layer else f"-{original.stem}"


def step_of(test):
    step = re.match(r"Step(\d+)_", test)
    if not step:
        raise Problem(f"{test} belongs to no step: whoever takes this turn would not meet it")
    return step[1]


def programs_for(tests, build, lesson, part, name):
    """With the tests that each is to run. The tests of a few steps compile sooner than all."""
    answers = build.work / name
    if part:
        return {build.solution_of(lesson, part, answers, name): tests}
    steps = {}
    for test in tests:
        steps.setdefault(step_of(test), []).append(test)
    return {build.step_of(lesson, k, answers, name): named for k, named in steps.items()}


def check_caught(result, tests):
    for test in tests:
        event = result.events.get(test, "not run")
        if event != "fail":
            raise Problem(f"{test} does not catch it: {event}\n{result.output[-3000:]}")
        print(f"{test} fails:\n{result.messages[test]}\n")


def is_recognised(slug, lesson):
    return any(f'"{slug}"' in test.read_text() for test in lesson.tests)


def check(folder, patch_path):
    patch_file = Path(patch_path)
    slug, lesson = patch_file.stem, Lesson(patch_file.parent.name)
    patch = patch_file.read_text()
    header = header_of(patch)
    for line in ("Name", "Says", "Caught-by"):
        if line not in header:
            raise Problem(f"{patch_file.name} has no line `{line}: …` above its diff")
    build = Build(folder)
    name = f"wrong-turns/{lesson.slug}-{slug}"
    part = apply(patch_file, patch, lesson, build.work / name)
    tests = [test.strip() for test in header["Caught-by"].split(",")]
    said = ""
    for program, named in programs_for(tests, build, lesson, part, name).items():
        suites = {test.split(".")[0] for test in named}
        result = run(program, ":".join(sorted(suite + ".*" for suite in suites)))
        result.require_orderly(name)
        check_caught(result, named)
        said += result.output
    sentence = f"Wrong turn: {slug} — {header['Says']}"
    if is_recognised(slug, lesson) and sentence not in said:
        raise Problem(f"a test knows this wrong turn, and does not say `{sentence}`")


main(check, "BUILD", "PATCH")
