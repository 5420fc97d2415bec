"""No wrong turn is called by another's name. Each turn of a lesson is run against all tests that can
name one: what they call it is its own name, or they call it nothing, or they say that it only looks
like a mistake. Prints who is called what."""

import json
import re

from kit import Build, Problem, call, main, run
from turns import PLAN, turns_of

CALLED = re.compile(r"^Wrong turn: ([a-z0-9-]+)", re.M)
LIKENED = re.compile(r"^A mistake that looks like this: ([a-z0-9-]+)", re.M)
WATCHDOG = 1  # seconds: many turns hang in tests that are not meant for them


def tests_of(program):
    """The tests of a program that a learner meets."""
    tests, suite = [], ""
    for line in call([program, "--gtest_list_tests"]).splitlines():
        if re.match(r"\w+\.$", line):
            suite = line
        elif suite and re.match(r"  \w", line):
            tests.append(suite + line.split()[0])
    return [test for test in tests if re.match("Step|Fix|Use", test)]  # those of exercises


def messages(program, tests, turn):
    """What the tests say of a turn. One that crashes or hangs ends a process, not the others."""
    said, left = {}, list(tests)
    while left:
        result = run(program, ":".join(left), WATCHDOG, LOOPWRIGHT_TURN=turn)
        if not result.events:
            raise Problem(f"{program.name} runs nothing with {turn}:\n{result.output}")
        said |= result.messages
        left = [test for test in left if test not in result.events]
    return said


def program_of(build, turn):
    part = f"-{turn.exercise}" if turn.exercise else ""
    return build.program(f"{turn.lesson.number}{part}.turns")


def names_in(said, pattern):
    """{name: tests that say it}."""
    names = {}
    for test, message in said.items():
        for name in pattern.findall(message):
            names.setdefault(name, []).append(test)
    return names


def check(folder, slug):
    build = Build(folder)
    plan = json.loads((build.variants / "turns" / slug / PLAN).read_text())
    wrong, tests = [], {}
    for turn in turns_of(slug):
        if plan[turn.name] != "chosen":
            continue
        program = program_of(build, turn)
        if program not in tests:
            tests[program] = tests_of(program)
        said = messages(program, tests[program], turn.name)
        called, likened = names_in(said, CALLED), names_in(said, LIKENED)
        parts = [f"{name} ({len(by)})" for name, by in called.items()]
        parts += [f"perhaps {name} ({len(by)})" for name, by in likened.items()]
        print(f"{turn.name}: {', '.join(parts) or '-'}", flush=True)
        wrong += [
            f"{turn.name} is called {name} by {', '.join(by)}"
            for name, by in called.items()
            if name != turn.name
        ]
    if wrong:
        raise Problem("\n".join(wrong))


main(check, "BUILD", "NN-slug")
