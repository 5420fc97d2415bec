"""A lesson's tests, cut into parts: no test is lost or doubled, and lines keep their numbers."""

import re
import tempfile
from pathlib import Path

from kit import SOURCE, Problem, call, main

TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", re.M)


def numbered(text):
    """Tests, and the lines where they begin."""
    return {(m[1], m[2], text.count("\n", 0, m.start())) for m in TEST.finditer(text)}


def cut(program, tests, kind, number, folder):
    made = Path(folder) / "part.cpp"
    call([program, tests, made, kind, str(number)])
    first, rest = made.read_text().split("\n", 1)
    if first != f'#line 1 "{tests}"':
        raise Problem(f"{tests.name}: a part begins with {first}")
    return rest


def check_file(program, tests, folder):
    whole = tests.read_text()
    all_tests = numbered(whole)
    halves = [cut(program, tests, "half", n, folder) for n in (1, 2)]
    first, second = map(numbered, halves)
    if first | second != all_tests or first & second:
        raise Problem(f"{tests.name}: the halves hold {len(first)} + {len(second)} tests")
    if {suite for suite, *_ in first} & {suite for suite, *_ in second}:
        raise Problem(f"{tests.name}: a suite is in both halves")
    for step in {int(n) for n in re.findall(r"^TEST.*Step(\d+)_", whole, re.M)}:
        part = cut(program, tests, "step", step, folder)
        wanted = {test for test in all_tests if test[0].startswith(f"Step{step}_")}
        if numbered(part) != wanted:
            raise Problem(f"{tests.name}: step {step} has other tests")
        if part.count("\n") != whole.count("\n"):
            raise Problem(f"{tests.name}: step {step} has other lines")
    print(f"{tests.name}: {len(all_tests)} tests, halves of {len(first)} and {len(second)}")


def check(program):
    with tempfile.TemporaryDirectory() as folder:
        for tests in sorted((SOURCE / "tests").glob("[0-9][0-9]_*_test.cpp")):
            if "Step" in tests.read_text():
                check_file(program, tests, folder)


main(check, "SLICE")
