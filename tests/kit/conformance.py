"""Keeps tests/CONFORMANCE.md true: what a test cites is in the table with that test's name, and the
table names no test that does not cite it. With --write, fills the table's last column instead."""

import re
import sys

from kit import SOURCE, Problem, main

TABLE = SOURCE / "tests/CONFORMANCE.md"
ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.*) \| ([^|]*) \|$", re.M)
TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P)\(\s*(\w+),\s*(\w+)\s*\)(.*)$")
ID = re.compile(r"\b[A-Z]+-\d{2,}\b")
# Why a row is not shown: a behaviour that is left out on purpose, or waits for a later layer.
REASONS = {
    "CANCEL-21": "left out: optional, and ambiguous when several ask",
    "RUN-04": "left out: there are no asynchronous generators",
}
NOT_YET = "not yet"


def citations_in(file):
    """(id, test) for each id in the comment above a TEST or on its line: "04 `Suite.Name`"."""
    number = re.match(r"\d\d", file.name)
    lesson = number[0] if number else "kit"
    comment = ""
    lines = file.read_text().splitlines()
    for at, line in enumerate(lines):
        if line.startswith("//"):
            comment += line
            continue
        test = TEST.match(line if "{" in line else line + "".join(lines[at + 1 : at + 2]))
        if test:
            for cited in ID.findall(comment + test[3].partition("//")[2]):
                yield cited, f"{lesson} `{test[1]}.{test[2]}`"
        comment = ""


def cited():
    found = {}
    for file in sorted((SOURCE / "tests").rglob("*_test.cpp")):
        for id, test in citations_in(file):
            tests = found.setdefault(id, [])
            if test not in tests:
                tests.append(test)
    return found


def column(id, citations):
    tests = citations.get(id)
    if tests and id in REASONS:
        raise Problem(f"{id} is shown by {tests}: take it out of the reasons")
    return ", ".join(tests) if tests else REASONS.get(id, NOT_YET)


def check():
    text, citations = TABLE.read_text(), cited()
    ids = {row[0] for row in ROW.findall(text)}
    unknown = sorted(set(citations) - ids)
    if unknown:
        raise Problem(f"tests cite what the table does not have: {unknown}")
    for id, _, tests in ROW.findall(text):
        if tests != column(id, citations):
            raise Problem(
                f"{id}: the table says {tests}, the tests say {column(id, citations)}\n"
                "tests/kit/conformance.py --write sets it right"
            )
    shown = sum(1 for id in ids if id in citations)
    print(f"{shown} of {len(ids)} behaviours are shown by a test")


def write():
    citations = cited()

    def filled(row):
        return f"| {row[1]} | {row[2]} | {column(row[1], citations)} |"

    TABLE.write_text(ROW.sub(filled, TABLE.read_text()))


if sys.argv[1:] == ["--write"]:
    write()
else:
    main(check)
