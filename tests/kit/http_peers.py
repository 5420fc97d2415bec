"""Our HTTP server and others: h11 judges the raw requests of tests/http/requests.txt as we do, or
the file says why not; curl and wrk get from our server what they ask for. What is not installed is
left out, and named."""

import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from kit import SOURCE, Problem, main

LIMIT = 60  # seconds
ROWS = SOURCE / "tests/http/requests.txt"
ESCAPE = re.compile(rb"\\(r|n|t|0|\\|x[0-9A-F]{2})")
PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


def unescaped(text):
    def byte(match):
        code = match[1]
        return PLAIN[code] if code in PLAIN else bytes.fromhex(code[1:].decode())

    repeated = re.sub(r"\{(.*)\*(\d+)\}", lambda m: m[1] * int(m[2]), text)
    return ESCAPE.sub(byte, repeated.encode())


def read_rows():
    rows = []
    for line in ROWS.read_text().splitlines():
        if line.startswith("["):
            rows.append({"name": line[1 : line.index("]")], "bytes": b"", "why": None})
        elif line.startswith("-> "):
            rows[-1]["verdict"] = line[3:]
        elif line.startswith("h11: "):
            rows[-1]["why"] = line[5:]
        elif line and not line.startswith(("#", "= ")):
            rows[-1]["bytes"] += unescaped(line)
    return rows


def h11_accepts(h11, data):
    """Whether h11 takes all of it for complete requests; None while it waits for more."""
    peer = h11.Connection(h11.SERVER)
    peer.receive_data(data)
    try:
        while True:
            event = peer.next_event()
            if event is h11.NEED_DATA:
                return None if peer.their_state is h11.SEND_BODY or peer.trailing_data[0] else True
            if event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return True
            if isinstance(event, h11.EndOfMessage):
                peer.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                peer.send(h11.EndOfMessage())
                if peer.our_state is h11.MUST_CLOSE:
                    return True
                peer.start_next_cycle()
    except h11.RemoteProtocolError:
        return False


def check_h11():
    try:
        import h11
    except ImportError:
        return "no python3-h11"
    compared, wrong = 0, []
    for row in read_rows():
        statuses = row["verdict"].split()[:-1]
        if not set(statuses) <= {"200", "400"}:
            continue  # what we do not serve, or not so much of it, is no question of grammar
        ours = "400" not in statuses
        theirs = h11_accepts(h11, row["bytes"])
        if (ours == theirs) == bool(row["why"]):
            said = "explains" if row["why"] else "does not explain"
            wrong.append(f"{row['name']}: ours {ours}, h11's {theirs}, and {ROWS.name} {said} it")
        compared += 1
    if wrong:
        raise Problem("\n".join(wrong))
    return f"{compared} requests judged as h11 does, or explained"


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, timeout=LIMIT, **options)
    if done.returncode != 0:
        raise Problem(f"{' '.join(command)} exits with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def check_curl(url):
    if not shutil.which("curl"):
        return "no curl"
    curl = ("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30")
    if run(*curl, f"{url}/hello") != b"hello\n":
        raise Problem("curl does not get what it asks for")
    if run(*curl, f"{url}/count/1000").split() != [b"%d" % i for i in range(1, 1001)]:
        raise Problem("curl does not get all pieces of a stream")
    head = run(*curl, "--head", f"{url}/hello").decode()
    if not head.startswith("HTTP/1.1 200 OK\r\n") or "Content-Length: 6\r\n" not in head:
        raise Problem(f"curl --head gets {head!r}")
    status = ("--output", "/dev/null", "--write-out", "%{http_code}")
    for expected, *asked in (
        ("404", f"{url}/none"), ("405", "--request", "PUT", f"{url}/hello"),
        ("200", "--http1.0", f"{url}/hello"),
    ):  # fmt: skip
        if (got := run(*curl, *status, *asked).decode()) != expected:
            raise Problem(f"curl {' '.join(asked)} gets {got}, not {expected}")
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "body")
        body.write_bytes(bytes(range(256)) * 2000)
        for extra in ((), ("--header", "Transfer-Encoding: chunked")):
            got = run(*curl, *extra, "--data-binary", f"@{body}", f"{url}/echo")
            if got != body.read_bytes():
                raise Problem(f"curl does not get back what it posts {extra}")
        many = run(*curl, "--parallel", *[f"{url}/slow"] * 20)
        if many != b"slow\n" * 20:
            raise Problem("curl does not get twenty slow answers at once")
        reused = run(*curl, "--write-out", "%{num_connects} ", *[f"{url}/hello"] * 3).decode()
        if reused.split() != ["hello", "1", "hello", "0", "hello", "0"]:
            raise Problem(f"curl needs more than one connection: {reused!r}")
    return "curl"


def check_wrk(url):
    if not shutil.which("wrk"):
        return "no wrk"
    said = run("wrk", "-t1", "-c20", "-d1s", f"{url}/hello").decode()
    if "Non-2xx" in said or "Socket errors" in said or not re.search(r"[1-9]\d* requests", said):
        raise Problem(f"wrk is not content: {said}")
    return "wrk"


def check(program):
    found = [check_h11()]
    server = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        found += [check_curl(url), check_wrk(url)]
        server.send_signal(signal.SIGINT)
        if server.wait(LIMIT) != 0:
            raise Problem(f"the server ends with {server.returncode}")
    finally:
        server.kill()
        server.communicate()
    print("; ".join(found))


main(check, "program")
