"""The raw messages of tests/http."""

import re

from kit import SOURCE

FOLDER = SOURCE / "tests/http"
ESCAPE = re.compile(rb"\\(r|n|t|0|\\|x[0-9A-F]{2})")
PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}
JUDGES = ("h11", "nginx")


def unescaped(text):
    def byte(match):
        code = match[1]
        return PLAIN[code] if code in PLAIN else bytes.fromhex(code[1:].decode())

    repeated = re.sub(r"\{(.*)\*(\d+)\}", lambda m: m[1] * int(m[2]), text)
    return ESCAPE.sub(byte, repeated.encode())


def read_rows(name):
    rows = []
    for line in (FOLDER / name).read_text().splitlines():
        judge = line.partition(": ")[0]
        if line.startswith("["):
            rows.append({"name": line[1 : line.index("]")], "bytes": b"", "why": {}})
        elif line.startswith("-> "):
            rows[-1]["verdict"] = line[3:]
        elif judge in JUDGES:
            rows[-1]["why"][judge] = line.partition(": ")[2]
        elif line and not line.startswith(("#", "= ", "asked: ")):
            rows[-1]["bytes"] += unescaped(line)
    return rows


def requests():
    return read_rows("requests.txt")


def responses():
    return read_rows("responses.txt")
