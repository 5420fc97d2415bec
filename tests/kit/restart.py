"""Servers that replace each other while clients come all the time: nobody is refused, cut off or
left without an answer. If LOOPWRIGHT_LONG=1 is set, also what a second loop brings."""

import os
import signal
import socket
import subprocess
import sys
import threading

from http_support import LIMIT, LOCAL, Problem, expect, folder, run
from kit import main

GENERATIONS, CLIENTS, ANSWERS = 5, 4, 100  # answers from each generation before the next comes
REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class Server:
    """One generation; it serves when this is made."""

    def __init__(self, program, port, path, loops=2, work=0):
        command = [str(word) for word in (program, port, loops, path, work)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        said = self.process.stdout.readline().split()
        expect(said[:1], ["serving"], "a server says")
        self.port, self.pid = int(said[1]), self.process.pid

    def done(self):
        """It ends well: requests and nanoseconds of processor time of each loop."""
        said, _ = self.process.communicate(timeout=LIMIT)
        expect(self.process.returncode, 0, "a server ends with")
        return [tuple(map(int, line.split())) for line in said.splitlines()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.done()

    def kill(self):
        self.process.kill()
        self.process.communicate()


class Load:
    """Clients, each with a new connection for each request. Counts the answers of each process."""

    def __init__(self, port):
        self.port, self.answers, self.errors = port, {}, []
        self.changed, self.over = threading.Condition(), False
        self.threads = [threading.Thread(target=self.come) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def come(self):
        while not self.over:
            try:
                with socket.create_connection((LOCAL, self.port), LIMIT) as client:
                    client.sendall(REQUEST)
                    pid = self.answer(client)
            except OSError as error:
                pid = None
                self.errors.append(str(error))
            with self.changed:
                self.answers[pid] = self.answers.get(pid, 0) + 1
                self.changed.notify_all()

    @staticmethod
    def answer(client):
        text = b""
        while text.count(b"\n") < 4:  # two lines of the head, an empty one, the body
            part = client.recv(4096)
            if not part:
                raise OSError(f"the connection ends after {text!r}")
            text += part
        return int(text.split(b"\r\n\r\n")[1].split()[0])

    def wait_for_answers_of(self, pid):
        with self.changed:
            if not self.changed.wait_for(lambda: self.answers.get(pid, 0) >= ANSWERS, LIMIT):
                raise Problem(f"no {ANSWERS} answers of {pid}: {self.answers}, {self.errors[:3]}")

    def stop(self):
        self.over = True
        for thread in self.threads:
            thread.join()


def check_restarts(program, here):
    servers = [Server(program, 0, here / "next")]
    load = Load(servers[0].port)
    try:
        load.wait_for_answers_of(servers[0].pid)
        for _ in range(GENERATIONS - 1):
            servers.append(Server(program, 0, here / "next"))
            expect(servers[-1].port, load.port, "the next one serves at")
            load.wait_for_answers_of(servers[-1].pid)
            servers[-2].done()
        load.stop()
        done = servers[-1].stop()
    finally:
        load.stop()
        for server in servers:
            server.kill()
    expect(load.errors, [], "of all connections fail")
    expect(all(requests > 0 for requests, _ in done), True, "each loop has had requests")
    print(f"{GENERATIONS} servers, {sum(load.answers.values())} connections, none refused")


def measure(program, here):
    """Processor time, since clients and other programs share the processors with the servers."""
    work, seconds, connections = 500, 4, 64
    rates = {}
    for turn in range(6):
        loops = 1 + turn % 2
        server = Server(program, 0, here / f"measure-{turn}", loops, work)
        said = run("wrk", "-t1", f"-c{connections}", f"-d{seconds}", f"http://{LOCAL}:{server.port}/")
        (per_second,) = (l.split()[1] for l in said.decode().splitlines() if "Requests/sec" in l)
        done = server.stop()
        requests = sum(count for count, _ in done)
        busiest = max(used for _, used in done) / 1e9
        rates.setdefault(loops, []).append((float(per_second), requests / busiest))
        shares = " ".join(str(count) for count, _ in done)
        print(f"{loops} loops: {float(per_second):8.0f} requests/s, {requests / busiest:8.0f} per second"
              f" of the busiest loop; requests: {shares}")  # fmt: skip
    for what, index in (("on the clock", 0), ("of the busiest loop", 1)):
        one, two = (max(rate[index] for rate in rates[loops]) for loops in (1, 2))
        print(f"2 loops make {two / one:.2f} times the requests of 1, per second {what}")


def check(program):
    with folder() as here:
        check_restarts(program, here)
        if os.environ.get("LOOPWRIGHT_LONG"):
            measure(program, here)


if __name__ == "__main__":
    sys.exit(main(check, "PROGRAM"))
