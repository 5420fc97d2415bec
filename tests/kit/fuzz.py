"""libFuzzer looks for bytes that our side of HTTP does not bear, or takes for something else when
they come in other pieces. It begins with the rows of tests/http, and goes on for a few thousand
runs, the same ones each time; for a minute, and at random, if LOOPWRIGHT_LONG is set."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from http_rows import requests, responses
from kit import SOURCE, Problem, main

FRAMES = SOURCE / "tests/http/frames.txt"
SHORT = ("-runs=1500", "-seed=1", "-max_len=1500")
LONG = ("-max_total_time=60", "-max_len=4096")
LIMIT = 300  # seconds


def frames():
    """Both sides' rows; the first byte says whose."""
    for line in FRAMES.read_text().splitlines():
        if line and not line.startswith("#"):
            side, text = line.split(" ; ")[1:3]
            digits = re.sub(r"\{(..)\*(\d+)\}", lambda m: m[1] * int(m[2]), text)
            yield (b"\0" if side == "server" else b"\1") + b"\0" + bytes.fromhex(digits)


def rows_of(path):
    if path == "frames":
        return list(frames())
    rows = requests() if path == "requests" else responses()
    return [b"\0\0" + row["bytes"] for row in rows]


def check(program):
    rows = rows_of(Path(program).suffix[1:])
    how = LONG if os.environ.get("LOOPWRIGHT_LONG") else SHORT
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, row in enumerate(rows):
            Path(corpus, str(number)).write_bytes(row)
        done = subprocess.run(
            [program, *how, "-timeout=10", f"-artifact_prefix={folder}/", corpus],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
        )  # fmt: skip
        said = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            found = [path.read_bytes() for path in Path(folder).glob("*-*")]
            raise Problem(f"{said[-4000:]}\nthe bytes, after two of the fuzzer's own: {found}")
    runs = re.search(r"Done (\d+) runs", said)
    if not runs:
        raise Problem(f"nothing was run: {said[-1000:]}")
    print(f"{len(rows)} rows, {runs[1]} runs")


main(check, "program")
