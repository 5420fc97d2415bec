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


def program_for(suites, build, lesson, part, name):
    """The tests of one step compile in half the time of all."""
    steps = {(re.match(r"Step(\d+)_", suite) or ["", ""])[1] for suite in suites}
    if len(steps) == 1 and "" not in steps and not part:
        return build.step_of(lesson, *steps, build.work / name, name)
    return build.solution_of(lesson, part, build.work / name, name)


def check_caught(result, tests, slug):
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
    suites = {test.split(".")[0] for test in tests}
    program = program_for(suites, build, lesson, part, name)
    result = run(program, ":".join(sorted(suite + ".*" for suite in suites)))
    result.require_orderly(name)
    check_caught(result, tests, slug)
    named = f"Wrong turn: {slug} — {header['Says']}"
    if is_recognised(slug, lesson) and named not in result.output:
        raise Problem(f"a test knows this wrong turn, and does not say `{named}`")


main(check, "BUILD", "PATCH")
