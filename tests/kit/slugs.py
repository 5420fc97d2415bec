"""A wrong turn is known by its slug alone: no two files share one, and a test that recognises a
wrong turn names one that exists, in its own lesson. Few are told as patches, which break when a line
near them moves."""

import re

from kit import SOURCE, Problem, main

SEEN = re.compile(r'\b(?:Seen|LooksLike)\{(?:[^{}]|\{[^{}]*\})*,\s*"([a-z0-9-]+)"\}')


def lessons_by_slug():
    lessons = {}
    for turn in sorted((SOURCE / "tests/wrong_turns").glob("*/*")):
        lesson = turn.parent.name
        if not (SOURCE / "lessons" / lesson).is_dir():
            raise Problem(f"{turn.relative_to(SOURCE)} belongs to no lesson")
        if turn.suffix not in (".cpp", ".patch"):
            raise Problem(f"{turn.relative_to(SOURCE)} is no wrong turn: neither .cpp nor .patch")
        if turn.stem in lessons:
            raise Problem(f"{turn.stem} is a wrong turn of {lessons[turn.stem]} and of {lesson}")
        lessons[turn.stem] = lesson
    return lessons


def count_patches(all_turns):
    patches = sorted(p.stem for p in (SOURCE / "tests/wrong_turns").glob("*/*.patch"))
    if 10 * len(patches) >= all_turns:
        raise Problem(
            f"{len(patches)} of {all_turns} wrong turns are patches, a tenth or more; tell them as "
            f"functions, see CONTRIBUTING.md: {patches}"
        )
    return len(patches)


def check():
    lessons, recognised = lessons_by_slug(), set()
    for test in sorted((SOURCE / "tests").glob("[0-9][0-9]_*_test.cpp")):
        for slug in SEEN.findall(test.read_text()):
            if lessons.get(slug, "")[:2] != test.name[:2]:
                raise Problem(f"{test.name} recognises {slug}, no wrong turn of its lesson")
            recognised.add(slug)
    patches = count_patches(len(lessons))
    print(f"{len(lessons)} wrong turns, of which tests recognise {len(recognised)}")
    print(f"{patches} of them are patches, the others functions")


main(check)
