#!/usr/bin/env python3
"""How long a learner waits: from the save of a file to the coach's verdict, for every exercise and
every step of the course.

    ./learn bench kit                               all, three saves each
    python3 bench/kit/save_to_verdict.py 04 7.2     some; a lesson's number means all that is in it
      --whole            also each lesson's steps together, as `./learn check 04` checks them
      --variant mine     the layers that the learner has written, all of them
      --saves 5 --json FILE

It works in a copy of the kit below build/, so exercises/ and progress stay as they are. A step's
file holds the answers up to that step, and a small exercise's holds its answer: the most that there
is to compile. Each save changes the file's text; the clock runs from the write to the end of
`coach check ID`. Other work on the machine makes the wait longer but not the CPU time, so both are
shown, with the load. Exits with status 1 when the median is above 1 s or the maximum above 2 s.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "kit"))
from mirror import mirror  # noqa: E402

COPY = SOURCE / "build" / "bench-kit"
MEDIAN, MAXIMUM = 1.0, 2.0  # seconds: what we promise


class Exercise:
    def __init__(self, lesson, id):
        self.lesson, self.id = lesson, id
        self.kind = "step" if "." in id else id.split("-")[0]
        if id == lesson.number:
            self.kind = "lesson"

    def write_answer(self, answered):
        """The answer so far, as the learner has written it; returns the file that is saved."""
        folder = COPY / "exercises" / self.lesson.slug
        if self.kind == "predict":
            return folder / f"{self.id}.txt"
        if self.kind not in ("step", "lesson"):
            shutil.copy(COPY / "solutions" / self.lesson.slug / f"{self.id}.cpp", folder)
            return folder / f"{self.id}.cpp"
        upto = self.lesson.steps[-1] if self.kind == "lesson" else self.id
        coach("starters", "--out", answered, "--upto", upto)
        tag, file = f"//: {upto} ", None
        for header in sorted((answered / self.lesson.slug).rglob("*.hpp")):
            written = folder / header.relative_to(answered / self.lesson.slug)
            if not written.exists() or written.read_text() != header.read_text():
                shutil.copy(header, written)
            if tag in header.read_text():
                file = written
        return file


class Lesson:
    def __init__(self, file):
        entry = json.loads(file.read_text())
        self.slug = file.parent.name
        self.number = self.slug[:2]
        self.steps = [step["id"] for step in entry["steps"]]
        ids = self.steps + [exercise["id"] for exercise in entry["exercises"]]
        self.exercises = [Exercise(self, id) for id in ids]
        self.whole = [Exercise(self, self.number)] if self.steps else []


def coach(*arguments, may_fail=False):
    command = [COPY / "build/dev/bin/coach", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=COPY, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode > (1 if may_fail else 0) or "does not compile" in done.stdout:
        sys.exit(f"{' '.join(map(str, command))} exits with {done.returncode}:\n{done.stdout}")
    return done.stdout


def prepare():
    mirror(SOURCE, COPY)
    shutil.rmtree(COPY / ".learn", ignore_errors=True)
    shutil.rmtree(COPY / "exercises", ignore_errors=True)
    subprocess.run([COPY / "learn", "--yes", "--plain", "status"], check=True,
                   stdout=subprocess.DEVNULL)
    coach("starters", "--write")


def write_all_layers():
    """For variant mine: every layer is written, and no longer the reference's file."""
    for header in (COPY / "exercises").glob("*/*/**/*.hpp"):
        text = (COPY / "runtime" / Path(*header.relative_to(COPY / "exercises").parts[1:])).read_text()
        header.write_text(text.replace("#pragma once\n", "#pragma once\n// mine\n", 1))


def comment(file, number):
    """A save that changes the text, but not the program."""
    sign = "#" if file.suffix == ".txt" else "//"
    with file.open("a") as text:
        text.write(f"{sign} saved {number}\n")
        text.flush()


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(exercise, variant, saves):
    """Pairs of seconds: waited, and worked by all processors."""
    answered = COPY / "build/answers"
    layer = exercise.kind in ("step", "lesson")
    if variant == "mine" and layer:
        folder = COPY / "exercises" / exercise.lesson.slug
        file = next(folder.glob("*/**/*.hpp"))
    else:
        file = exercise.write_answer(answered)
    check = ["check", exercise.id, "--variant", variant]
    coach(*check, may_fail=True)  # whatever has never been built is built now
    times = []
    for number in range(saves):
        time.sleep(0.02)  # a file's time may be coarse
        worked, began = cpu(), time.monotonic()
        comment(file, number)
        coach(*check, may_fail=True)
        times.append((time.monotonic() - began, cpu() - worked))
    return times


def machine():
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{len(os.sched_getaffinity(0))} × {model}, {compiler()}"


def compiler():
    """The one that compiled what was measured."""
    clang = os.environ.get("LEARN_COMPILER") in (None, "", "clang++-19")
    learn, dev = (COPY / "build" / tree / "CMakeCache.txt" for tree in ("learn", "dev"))
    for line in (learn if clang and learn.exists() else dev).read_text().splitlines():
        if line.startswith("CMAKE_CXX_COMPILER:"):
            name = line.split("=", 1)[1]
            version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
            return version.splitlines()[0]
    return "an unknown compiler"


def percentile(sorted_values, part):
    return sorted_values[min(len(sorted_values) - 1, int(part * len(sorted_values)))]


def show_distribution(waits):
    width = 0.25
    counts = {}
    for wait in waits:
        counts[int(wait / width)] = counts.get(int(wait / width), 0) + 1
    print("\nseconds        saves")
    for bin in range(max(counts) + 1):
        count = counts.get(bin, 0)
        bar = "#" * round(50 * count / max(counts.values()))
        print(f"{bin * width:4.2f} – {(bin + 1) * width:4.2f}  {count:5}  {bar}".rstrip())


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--saves", type=int, default=3)
    parser.add_argument("--variant", choices=["exercise", "mine"], default="exercise")
    parser.add_argument("--json")
    return parser.parse_args()


def main():
    given = arguments()
    print("Building a copy of the kit; the first time this takes a minute or two.", flush=True)
    prepare()
    if given.variant == "mine":
        write_all_layers()
    lessons = [Lesson(file) for file in sorted((COPY / "lessons").glob("*/lesson.json"))]
    rows = []
    print(f"\n{'exercise':14}{'median':>8}{'max':>8}{'CPU':>8}   seconds, {given.saves} saves each")
    for lesson in lessons:
        for exercise in lesson.exercises + (lesson.whole if given.whole else []):
            if given.ids and not {exercise.id, lesson.number} & set(given.ids):
                continue
            if given.variant == "mine" and exercise.kind not in ("step", "lesson"):
                continue
            times = measure(exercise, given.variant, given.saves)
            waits, works = zip(*times)
            rows.append({"id": exercise.id, "kind": exercise.kind, "seconds": waits, "cpu": works})
            print(f"{exercise.id:14}{statistics.median(waits):8.2f}{max(waits):8.2f}"
                  f"{statistics.median(works):8.2f}", flush=True)
    if not rows:
        sys.exit("there is no such exercise")
    waits = sorted(wait for row in rows for wait in row["seconds"])
    show_distribution(waits)
    median, most = statistics.median(waits), waits[-1]
    load = os.getloadavg()[1]
    print(f"\n{len(rows)} exercises and steps, {len(waits)} saves: median {median:.2f} s, "
          f"90 % within {percentile(waits, 0.9):.2f} s, maximum {most:.2f} s")
    built = sorted(w for row in rows if row["kind"] != "predict" for w in row["seconds"])
    if 0 < len(built) < len(waits):
        print(f"without predictions, which compile nothing: median {statistics.median(built):.2f} s")
    print(f"{machine()}; load over five minutes {load:.1f}")
    if given.json:
        Path(given.json).write_text(json.dumps(
            {"machine": machine(), "load": load, "variant": given.variant, "exercises": rows},
            indent=2) + "\n")
    kept = median <= MEDIAN and most <= MAXIMUM
    print(f"Promised: median {MEDIAN:.0f} s, maximum {MAXIMUM:.0f} s. "
          + ("Kept." if kept else "Not kept."))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
