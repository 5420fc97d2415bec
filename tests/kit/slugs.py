"""A wrong turn is known by its slug alone: no two patches share one, and a test that recognises a
wrong turn names one that exists, in its own lesson."""

import re

from kit import SOURCE, Problem, main

SEEN = re.compile(r'\bSeen\{(?:[^{}]|\{[^{}]*\})*,\s*"([a-z0-9-]+)"\}')


def lessons_by_slug():
    lessons = {}
    for patch in sorted((SOURCE / "tests/wrong_turns").glob("*/*.patch")):
        lesson = patch.parent.name
        if not (SOURCE / "lessons" / lesson).is_dir():
            raise Problem(f"{patch.relative_to(SOURCE)} belongs to no lesson")
        if patch.stem in lessons:
            raise Problem(f"{patch.stem} is a wrong turn of {lessons[patch.stem]} and of {lesson}")
        lessons[patch.stem] = lesson
    return lessons


def check():
    lessons, recognised = lessons_by_slug(), set()
    for test in sorted((SOURCE / "tests").glob("[0-9][0-9]_*_test.cpp")):
        for slug in SEEN.findall(test.read_text()):
            if lessons.get(slug, "")[:2] != test.name[:2]:
                raise Problem(f"{test.name} recognises {slug}, no wrong turn of its lesson")
            recognised.add(slug)
    print(f"{len(lessons)} wrong turns, of which tests recognise {len(recognised)}")


main(check)
