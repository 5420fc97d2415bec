"""Our server under wrk, also while it shuts down, and under the attacks of slowhttptest: those who
are slow are cut off, and meanwhile others get their answers. What is not installed is left out,
and named."""

import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from http_support import LIMIT, LOCAL, expect, having, our_server, run
from kit import Problem, main

CONNECTIONS = 100


def check_wrk(program):
    with our_server(program) as (port,):
        said = run("wrk", "-t1", "-c20", "-d1s", f"http://{LOCAL}:{port}/hello").decode()
    if "Non-2xx" in said or "Socket errors" in said or not re.search(r"[1-9]\d* requests", said):
        raise Problem(f"wrk is not content: {said}")
    check_shutdown(program)


def check_shutdown(program):
    """Interrupted under load, it answers what it has taken, and ends."""
    server = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://{LOCAL}:{int(server.stdout.readline())}/hello"
        wrk = subprocess.Popen(["wrk", "-t1", "-c20", "-d2s", url], stdout=subprocess.PIPE)
        time.sleep(0.5)
        server.send_signal(signal.SIGINT)
        expect(server.wait(LIMIT), 0, "under load, the server ends with")
        said = wrk.communicate(timeout=LIMIT)[0].decode()
    finally:
        server.kill()
        server.communicate()
    if "Non-2xx" in said or not re.search(r"[1-9]\d* requests", said):
        raise Problem(f"wrk is not content with a server that shuts down: {said}")


ATTACKS = {
    "slow heads": ("-H", "-i", "1", "-u", "/hello"),
    "slow bodies": ("-B", "-i", "1", "-s", "100000", "-u", "/echo"),
    "slow reading": ("-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "4096", "-u", "/large"),
}


def attack(program, name, how):
    """The attacker gives up, since the server has closed everything; others were served."""
    with our_server(program, "--hasty") as (port,):
        base, target = f"http://{LOCAL}:{port}", how[-1]
        tool = subprocess.Popen(
            ["slowhttptest", "-c", str(CONNECTIONS), "-r", "100", "-l", "8", "-p", "3",
             *how[:-1], base + target],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        time.sleep(1.2)
        for _ in range(5):
            expect(run("curl", "--silent", "--max-time", 2, f"{base}/hello"), b"hello\n", name)
        said = tool.communicate(timeout=LIMIT)[0].decode(errors="replace")
    if "No open connections left" not in said:
        raise Problem(f"{name} are not cut off: {said[-1500:]}")


def check_slowhttptest(program):
    with ThreadPoolExecutor() as pool:
        attacks = [pool.submit(attack, program, *each) for each in ATTACKS.items()]
    for each in attacks:
        each.result()


def check(program):
    having(
        ("wrk", lambda: check_wrk(program)), ("slowhttptest", lambda: check_slowhttptest(program))
    )


main(check, "program")
