"""What CONTRIBUTING.md tells one to run can be run, and the files that it names are there. The commands
that build are looked up, not run: each is a test by itself."""

import re
import shlex

from kit import SOURCE, Build, Problem, call, main

TEXT = SOURCE / "CONTRIBUTING.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
BLOCK = re.compile(r"^```cpp file=(\S+)\n(.*?)^```$", re.M | re.S)


def check_learn(build, words):
    """./learn has such a command, with such options."""
    words = [word for word in words if word not in ("--yes", "--plain")]
    options = {word for word in words[1:] if word.startswith("--")} - {"--help"}
    said = call([build.folder / "bin/coach", words[0], "--help"], cwd=SOURCE)
    missing = [option for option in options if option not in said]
    if missing:
        raise Problem(f"./learn {words[0]} has no {missing}:\n{said}")


def check_ctest(build, words):
    """Such a test is defined."""
    pattern = words[words.index("-R") + 1]
    if not re.search(r"Test +#\d+", call(["ctest", "--test-dir", build.folder, "-N", "-R", pattern])):
        raise Problem(f"no test is called {pattern}")


def check_program(build, words):
    """Such a program is built, and has such tests."""
    program = build.folder / words[0].removeprefix("build/dev/")
    if not re.search(r"^  \w", call([program, *words[1:], "--gtest_list_tests"]), re.M):
        raise Problem(f"{words} runs no test")


def check_command(build, line):
    words = shlex.split(line)
    if words[0] == "./learn":
        check_learn(build, words[1:])
    elif words[0] == "ctest":
        check_ctest(build, words)
    elif words[0].startswith("build/dev/"):
        check_program(build, words)
    elif words[0] == "python3":
        print(call(words, cwd=SOURCE))
    else:
        raise Problem(f"how is `{line}` checked? contributing.py does not know")
    print(f"$ {line}")


def is_path(word):
    return "/" in word and re.fullmatch(r"[\w./<>-]+", word) and not word.startswith("build/")


def check_paths(text):
    """A path may hold NN-slug or <layer>, for which anything may stand."""
    named = [word for word in CODE.findall(text) if is_path(word)] + LINK.findall(text)
    for word in named:
        if word.startswith("./learn"):
            continue
        pattern = re.sub(r"NN[-_]slug|<\w+>|\bNN\b", "*", word).rstrip("/")
        places = [SOURCE, SOURCE / "runtime/aio", SOURCE / "lessons", SOURCE / "tests"]
        if not any(any(place.glob(pattern)) for place in places):
            raise Problem(f"CONTRIBUTING.md names {word}, which is not there")
    print(f"{len(named)} paths are there")


def check_code(text):
    for name, code in BLOCK.findall(text):
        if (SOURCE / name).read_text() != code:
            raise Problem(f"the text shows\n{code}\nbut {name} is another")


def check(folder):
    build, text = Build(folder), TEXT.read_text()
    for block in CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                check_command(build, line[2:])
    without_code = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    check_paths(without_code)
    check_code(text)


main(check, "BUILD")
