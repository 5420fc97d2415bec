"""The frame of a lesson's text, as lessons/WRITING.md describes it."""

import math
import re

from kit import SOURCE, Problem

# These texts are still to be rewritten. Whoever rewrites one takes it off the list.
OLDER_THAN_THE_FRAME = {
}

GLOSSARY = SOURCE / "lessons/GLOSSARY.md"
PARTS = [  # headings that every lesson has, in this order
    "What you will be able to do",
    "Checkpoint",
    "Benchmark",
    "Check yourself",
    "The same in Python",
    "Go deeper",
]
HEADING = re.compile(r"^(#+) (.+)$", re.M)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
RULE = re.compile(r"^(\d+)\. ", re.M)
HEADER_RULE = re.compile(r"^// +(\d+)\. ", re.M)
TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", re.M)
NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
).split()
WORDS_A_MINUTE = 100  # with code and pictures between them


def prose_of(text):
    return FENCE.sub("", text)


def part_of(text, title):
    """What stands under the heading `## title`."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not found:
        raise Problem(f"the text has no part `## {title}`")
    return found[1]


def check_reading_time(text, words):
    minutes = 5 * math.ceil(words / WORDS_A_MINUTE / 5)
    if not re.search(rf"^Reading time: about {minutes} minutes", text, re.M):
        raise Problem(f"{words} words: `Reading time: about {minutes} minutes` belongs at the top")


def check_exercise_count(text, lesson):
    """`The ten exercises and steps come on top` counts what ./learn leads through."""
    said = re.search(r"The (\w+) exercises and steps come on top", text)
    count = len(lesson.json.get("steps", [])) + len(lesson.json["exercises"])
    if said and said[1] != NUMBERS[count]:
        raise Problem(f"a lesson with {NUMBERS[count]} exercises and steps says {said[1]}")


def check_parts(text, prose):
    headings = [title for level, title in HEADING.findall(prose) if level == "##"]
    if "```console" not in text[: text.index("\n## ")]:
        raise Problem("before its first part a lesson runs a program that people know, and fails")
    if [title for title in headings if title in PARTS] != PARTS:
        raise Problem(f"these parts, in this order: {PARTS}\nbut the text has {headings}")
    if not any("newer than C++17" in title for title in headings):
        raise Problem("a table `## C++ newer than C++17` says what readers may not know yet")


def check_count(what, count, least, most=math.inf):
    if not least <= count <= most:
        raise Problem(f"the text has {count} {what}, and needs {least}")


def check_pictures(text):
    kinds = [info for info, _ in FENCE.findall(text)]
    check_count("pictures (mermaid, text)", sum(k in ("mermaid", "text") for k in kinds), 3)


def check_map(lesson, text):
    """Before the steps stands a map of each file that the learner opens."""
    maps = "\n".join(code for info, code in FENCE.findall(text) if info == "text map")
    for part in [layer.name for layer in lesson.layers] + lesson.steps:
        if part not in maps:
            raise Problem(f"no map (```text map) shows {part}")


def check_titles(lesson, prose):
    """Lesson, steps and exercises are called in the text as the coach calls them."""
    told = {title for _, title in HEADING.findall(prose)}
    wanted = [f"{lesson.number} · {lesson.json['title']}"]
    for item in lesson.json.get("steps", []) + lesson.exercises:
        wanted.append(f"{item['id']} {item.get('title', '')}")
    for title in wanted:
        if title not in told:
            raise Problem(f"the text has no heading `{title}`, lesson.json has it")


def check_predictions(lesson):
    """A wrong answer hears what to read again."""
    for item in lesson.exercises:
        told = item.get("read_again", [])
        answers = len(item.get("questions", told))  # without questions: the lines of a program
        if "program" in item and (not told or len(told) not in (1, answers)):
            raise Problem(f"{item['id']} needs `read_again`: one for each answer, or one for all")


def tests_of_the_kit():
    files = sorted((SOURCE / "tests").glob("*_test.cpp"))
    return {".".join(test) for file in files for test in TEST.findall(file.read_text())}


def rules_in_headers(lesson):
    """The numbers of the rules that the layers' headers open with."""
    heads = (header.read_text().split("#include", 1)[0] for header in lesson.layers)
    return sorted(int(number) for head in heads for number in HEADER_RULE.findall(head))


def check_rules(lesson, text):
    """A rule has one number in text and header, and tests that show it."""
    part = part_of(text, "The rules")
    rules = sorted(map(int, RULE.findall(part)))
    in_headers = rules_in_headers(lesson)
    if not rules or (in_headers and rules != in_headers):
        raise Problem(f"the text has rules {rules}, the layers' headers have {in_headers}")
    shown = dict(re.findall(r"^\| (\d+) \| (.+) \|$", part, re.M))
    known = tests_of_the_kit()
    for rule in map(str, rules):
        names = re.findall(r"`(\w+\.\w+)`", shown.get(rule, ""))
        if not names:
            raise Problem(f"the table under `The rules` names no test that shows rule {rule}")
        for name in set(names) - known:
            raise Problem(f"rule {rule} is shown by {name}, which is no test")


def anchor(title):
    """The name that a heading has in a link."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def anchors_of(file):
    return {anchor(title) for _, title in HEADING.findall(prose_of(file.read_text()))}


def check_links(file, prose):
    """Links to files of ours, and to headings in them, lead somewhere."""
    for link in LINK.findall(prose):
        if re.match(r"\w+:", link):
            continue
        path, _, place = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or (place and place not in anchors_of(target)):
            raise Problem(f"{file.relative_to(SOURCE)}: nothing is at {link}")


def terms():
    """The glossary's terms in their order, and the number of the lesson that introduces each."""
    entries = re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", GLOSSARY.read_text(), re.M | re.S)
    return {term: re.search(r"\[lesson (\d\d)\]", body) for term, body in entries}


def check_terms(lesson, prose):
    """Each term links to the glossary where the lesson that introduces it explains it."""
    for term, introduced in terms().items():
        link = f"../GLOSSARY.md#{anchor(term)}"
        if introduced[1] == lesson.number and link not in LINK.findall(prose):
            raise Problem(f"lesson {lesson.number} introduces {term}: link it to {link}")


def check_glossary():
    names = list(terms())
    if names != sorted(names, key=str.lower):
        raise Problem("the terms of the glossary are not in the order of the alphabet")
    for term, introduced in terms().items():
        if not introduced:
            raise Problem(f"the glossary does not say which [lesson NN](…) introduces {term}")
    check_links(GLOSSARY, GLOSSARY.read_text())


def check_frame(lesson, text, words):
    prose = prose_of(text)
    check_reading_time(text, words)
    check_exercise_count(text, lesson)
    check_parts(text, prose)
    check_pictures(text)
    check_map(lesson, text)
    check_count("places to stop", prose.count("> **A good place to stop.**"), 2, 2)
    check_count("boxes `> **Why not simply …`", prose.count("> **Why not simply "), 2)
    check_titles(lesson, prose)
    check_predictions(lesson)
    check_rules(lesson, text)
    check_links(lesson.folder / "README.md", prose)
    check_terms(lesson, prose)
