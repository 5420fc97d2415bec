"""Keeps tests/CONFORMANCE.md true: what a test cites is in the table with that test's name, and the
table names no test that does not cite it. With --write, fills the table's last column instead."""

import re
import sys

from kit import SOURCE, Problem, main

TABLE = SOURCE / "tests/CONFORMANCE.md"
ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.*) \| ([^|]*) \|$", re.M)
TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P)\(\s*(\w+),\s*(\w+)\s*\)(.*)$")
ID = re.compile(r"\b[A-Z]+-\d{2,}\b")
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
        if test and line.startswith("TEST"):
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


def column(tests):
    return ", ".join(tests) if tests else NOT_YET


def check():
    text, citations = TABLE.read_text(), cited()
    ids = {row[0] for row in ROW.findall(text)}
    unknown = sorted(set(citations) - ids)
    if unknown:
        raise Problem(f"tests cite what the table does not have: {unknown}")
    for id, _, tests in ROW.findall(text):
        if tests != column(citations.get(id)):
            raise Problem(
                f"{id}: the table says {tests}, the tests say {column(citations.get(id))}\n"
                "tests/kit/conformance.py --write sets it right"
            )
    shown = sum(1 for id in ids if id in citations)
    print(f"{shown} of {len(ids)} behaviours are shown by a test")


def write():
    citations = cited()
    TABLE.write_text(
        ROW.sub(lambda row: f"| {row[1]} | {row[2]} | {column(citations.get(row[1]))} |",
                TABLE.read_text())
    )


if sys.argv[1:] == ["--write"]:
    write()
else:
    main(check)
