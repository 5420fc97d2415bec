"""What editors need: flags for every exercise, tasks and a debugger that find it, and a container with
every package. Works in the kit's clean clone, on pristine exercises."""

import json
import re
import shlex
import shutil
import subprocess
import sys

from checkout import HEADER, SLUG, Checkout, Problem, call, main, run_all, tests_in

SMALL = f"exercises/{SLUG}/use-3b.cpp"


def expect(condition, sentence):
    if not condition:
        raise Problem(sentence)


def entries(checkout):
    commands = json.loads(checkout.path("compile_commands.json").read_text())
    return {entry["file"]: entry for entry in commands}


def sources(checkout):
    """Each exercise, and the file whose flags an editor takes for it: a header's is the source of the
    same name that does nothing but include it."""
    folder = checkout.path("exercises")
    for file in sorted(folder.glob("**/*.cpp")):
        yield file, file
    for file in sorted(folder.glob("**/*.hpp")):
        inside = file.relative_to(checkout.folder).with_suffix(".cpp")
        yield file, checkout.path("build/dev/editors") / inside


def test_every_exercise_has_its_flags(checkout):
    known = entries(checkout)
    count = 0
    for file, source in sources(checkout):
        entry = known.get(str(source))
        expect(entry, f"{file} is not in compile_commands.json")
        arguments = shlex.split(entry["command"])
        arguments[arguments.index("-o") + 1] = "-"
        reads = call([*arguments, "-M"], cwd=entry["directory"]).replace("\\ ", " ")
        expect(str(file) in reads, f"the flags of {source} do not lead to {file}")
        count += 1
    expect(count > 10, f"there are only {count} exercises")


def test_clangd_understands_them(checkout):
    if shutil.which("clangd") is None:
        return
    for name in (HEADER, SMALL):
        done = subprocess.run(
            ["clangd", f"--check={name}"], cwd=checkout.folder, capture_output=True, text=True
        )
        text = done.stdout + done.stderr
        errors = [line for line in text.splitlines() if re.match(r"E\[.*\] \[.*\] Line", line)]
        expect(not errors, f"clangd says of {name}: {errors}")
        expect(f"exercises/{SLUG}" in text.split("Compile command")[1], f"it guessed for {name}")


def vscode(checkout, name):
    return json.loads(checkout.path(f".vscode/{name}.json").read_text())


def test_tasks_of_vs_code_check_the_file_that_is_open(checkout):
    tasks = {task["label"]: task for task in vscode(checkout, "tasks")["tasks"]}
    for name in (HEADER, SMALL):
        command = tasks["Check this exercise"]["command"].replace("${relativeFile}", name)
        done = subprocess.run(command, shell=True, cwd=checkout.folder, capture_output=True, text=True)
        expect(done.returncode == 1, f"{command} exits with {done.returncode}: {done.stdout}")
    command = tasks["Hint"]["command"].replace("${relativeFile}", SMALL)
    expect("Hint 1 of 3 for use-3b" in call(command, shell=True, cwd=checkout.folder), command)
    for label, task in tasks.items():
        expect(task["command"].startswith("./learn"), f"{label}: {task['command']}")


def test_vs_code_lists_compile_errors(checkout):
    tasks = vscode(checkout, "tasks")["tasks"]
    pattern = tasks[0]["problemMatcher"][0]["pattern"]
    checkout.edit(SMALL, "{", "{ oops;")
    said = checkout.learn("--plain", "check", SMALL).expect(1)
    found = [re.match(pattern["regexp"], line) for line in said.text.splitlines()]
    found = [match for match in found if match]
    expect(len(found) == 1, said.text)
    expect(found[0][pattern["file"]] == SMALL, found[0][0])
    said_by_gcc, said_by_clang = "oops", "a type specifier is required"
    message = found[0][pattern["message"]]
    expect(said_by_gcc in message or said_by_clang in message, found[0][0])


def test_the_debugger_starts_what_was_checked(checkout):
    launch = vscode(checkout, "launch")["configurations"][0]
    labels = [task["label"] for task in vscode(checkout, "tasks")["tasks"]]
    expect(launch["preLaunchTask"] in labels, launch["preLaunchTask"])
    program = checkout.path(launch["program"].removeprefix("${workspaceFolder}/"))
    for name, test in ((HEADER, "Step1_"), (SMALL, "Use3b_")):
        checkout.learn("check", name)
        expect(test in call([program, "--gtest_list_tests"]), f"{program} is not that of {name}")
    checkout.learn("check", "3.1")
    expect("Step2_" not in call([program, "--gtest_list_tests"]), "it is not that of step 3.1")


def test_vim_jumps_to_an_error(checkout):
    if shutil.which("vim") is None:
        return
    settings = re.search(r"^```vim\n(.*?)^```", checkout.path("lessons/EDITORS.md").read_text(),
                         re.M | re.S)[1]
    checkout.edit(SMALL, "{", "{ oops;")
    checkout.learn("status")
    checkout.path(".learn/vimrc").write_text("set nocompatible\n" + settings)
    subprocess.run(
        ["vim", "-Es", "-u", ".learn/vimrc", SMALL, "-c", "make", "-c", "redir! > .learn/vim.out",
         "-c", "clist", "-c", "redir END", "-c", "qa!"],
        cwd=checkout.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60,
    )
    text = checkout.path(".learn/vim.out").read_text()
    expect(re.search(rf"1 {SMALL}:\d+ col \d+ error: .*(oops|type specifier)", text), text)


def test_the_container_has_every_package(checkout):
    script = checkout.path("learn").read_text()
    needed = re.search(r"^readonly to_learn=\((.*?)\)", script, re.M | re.S)[1].split()
    packages = checkout.path(".devcontainer/Dockerfile").read_text().split()
    missing = [name for name in needed if name not in packages]
    expect(not missing, f"the Dockerfile does not install {missing}")
    container = json.loads(checkout.path(".devcontainer/devcontainer.json").read_text())
    wanted = container["customizations"]["vscode"]["extensions"]
    expect(wanted == vscode(checkout, "extensions")["recommendations"], f"{wanted}")
    vscode(checkout, "settings")


def check(build):
    run_all(tests_in(__name__), Checkout(build))


if __name__ == "__main__":
    sys.exit(main(check, "BUILD"))
