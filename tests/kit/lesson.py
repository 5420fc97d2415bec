"""A lesson's parts agree: its text, the code it shows, lesson.json, tags, hints, solutions."""

import re
import shutil
import subprocess
import sys
import textwrap

from frame import OLDER_THAN_THE_FRAME, check_frame, check_glossary, check_links, prose_of
from kit import SOURCE, Lesson, Problem, call, main

WORDS = range(1000, 2201)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
TAG = re.compile(r"^\s*//: (\S+) ", re.M)
KINDS_WITHOUT_SOURCE = ("text", "console", "mermaid")


def words_of(text):
    prose = re.sub(r"<[^>]+>", " ", FENCE.sub(" ", text))
    return len(re.findall(r"[\w'’:/.-]*\w[\w'’:/.-]*", prose))


def region_of(file, name):
    """The lines between `// [name]` and `// [/name]`, or the whole file, without such marks."""
    text = file.read_text()
    if name:
        found = re.search(rf"^[^\n]*\[{name}\]\n(.*?)^[^\n]*\[/{name}\]$", text, re.M | re.S)
        if not found:
            raise Problem(f"{file.relative_to(SOURCE)} has no region [{name}]")
        text = found[1]
    text = re.sub(r"^[ \t]*(?://|#) \[/?[\w-]+\]\n", "", text, flags=re.M)
    return textwrap.dedent(text).strip("\n")


def check_blocks(text):
    for info, code in FENCE.findall(text):
        kind, _, rest = info.partition(" ")
        options = dict(option.split("=", 1) for option in rest.split() if "=" in option)
        if kind in KINDS_WITHOUT_SOURCE:
            continue
        if "file" not in options:
            raise Problem(f"this block names no file to be compared with:\n```{info}\n{code}```")
        shown = textwrap.dedent(code).strip("\n")
        source = region_of(SOURCE / options["file"], options.get("region"))
        if shown != source:
            raise Problem(f"the text shows\n{shown}\n\nbut {info} is\n{source}")


def check_text(lesson):
    text = (lesson.folder / "README.md").read_text()
    if words_of(text) not in WORDS:
        raise Problem(f"the text has {words_of(text)} words, not {WORDS[0]} to {WORDS[-1]}")
    check_blocks(text)
    for block in FENCE.finditer(text):
        told = re.match(r"\s*(?:[-*] )?\**In words:", text[block.end() :])
        if block[1] == "mermaid" and not told:
            raise Problem(f"this diagram is not followed by `In words:`\n{block[2]}")
    if lesson.slug not in OLDER_THAN_THE_FRAME:
        check_frame(lesson, text, words_of(text))
    print(f"{words_of(text)} words")


def check_tags(lesson):
    in_headers = set().union(*(TAG.findall(header.read_text()) for header in lesson.layers))
    if in_headers != set(lesson.steps):
        raise Problem(f"steps {lesson.steps}, but the layers' tags are {sorted(in_headers)}")
    for exercise in lesson.small_tests:
        answer = SOURCE / "solutions" / lesson.slug / f"{exercise}.cpp"
        if set(TAG.findall(answer.read_text())) != {exercise}:
            raise Problem(f"{answer.name} needs tags `//: {exercise} …`, and no others")


def sections_of(file):
    """What stands under each `## id …` heading."""
    parts = re.split(r"^## (\S+)[^\n]*\n", file.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def check_help(lesson):
    hints = sections_of(lesson.folder / "hints.md")
    answers = sections_of(SOURCE / "solutions" / lesson.slug / "README.md")
    ids = lesson.steps + [exercise["id"] for exercise in lesson.exercises]
    for id in ids:
        count = len(re.findall(r"^\d\. ", hints.get(id, ""), re.M))
        if count != 3:
            raise Problem(f"hints.md has {count} hints for {id}, not three")
        if not answers.get(id, "").strip():
            raise Problem(f"solutions/{lesson.slug}/README.md does not explain {id}")
    if set(hints) != set(ids):
        raise Problem(f"hints.md has hints for {sorted(set(hints) ^ set(ids))}")


def check_files(lesson):
    for layer in lesson.layer_names:
        if not (SOURCE / "solutions" / lesson.slug / layer).exists():
            raise Problem(f"solutions/{lesson.slug}/{layer} is missing")
    for exercise in lesson.exercises:
        id = exercise["id"]
        if id.startswith("predict"):
            needed = [lesson.folder / f"{exercise['program']}.cpp"]
        elif id.startswith("test"):
            needed = [SOURCE / "solutions" / lesson.slug / f"{id}.cpp"]
        else:
            test = f"{lesson.number}_{id.replace('-', '_')}_test.cpp"
            needed = [SOURCE / "tests" / test, SOURCE / "solutions" / lesson.slug / f"{id}.cpp"]
        for file in needed:
            if not file.exists():
                raise Problem(f"{id} needs {file.relative_to(SOURCE)}")
    for answer in sorted((SOURCE / "solutions" / lesson.slug).glob("*.cpp")):
        text = answer.read_text()
        if "aio/support/todo.hpp" in text and "AIO_TODO(" not in text:
            raise Problem(f"{answer.relative_to(SOURCE)} includes todo.hpp, which starters get")
    for demo in lesson.json.get("demos", []):
        if not (lesson.folder / f"{demo['program']}.cpp").exists():
            raise Problem(f"demo {demo['program']} has no program")


def check_pages(lesson):
    """Pages beside the lesson's text: what is given has one."""
    for page in sorted(lesson.folder.glob("*.md")):
        if page.name in ("README.md", "hints.md"):
            continue
        text = page.read_text()
        check_blocks(text)
        check_links(page, prose_of(text))
        print(f"{page.name}: {words_of(text)} words")


def python_for(program):
    """A Python that has what the program imports, or None: apt-get installs for Debian's own."""
    imports = "\n".join(re.findall(r"^import .+$", program.read_text(), re.M))
    for python in filter(shutil.which, (sys.executable, "/usr/bin/python3")):
        if subprocess.run([python, "-c", imports], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    return None


def check_python(lesson):
    for program in sorted(lesson.folder.glob("*.py")):
        python = python_for(program)
        if python:
            call([python, program])
        print(f"{program.name} {'runs' if python else 'was not run, it imports what is not here'}")


def check(slug):
    lesson = Lesson(slug)
    check_files(lesson)
    check_tags(lesson)
    check_help(lesson)
    check_text(lesson)
    check_pages(lesson)
    check_glossary()
    check_python(lesson)


main(check, "NN-slug")
