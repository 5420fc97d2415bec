"""Our server under load, told to stop by SIGTERM: each request that it has begun gets a whole answer.
What it has not begun gets none, so that its client may ask somebody else. A few rounds; a hundred if
LOOPWRIGHT_LONG=1 is set."""

import os
import random
import signal
import socket
import subprocess
import threading
import time

from http_support import LIMIT, LOCAL, expect
from kit import Problem, main

CLIENTS = 8
ROUNDS = 100 if os.environ.get("LOOPWRIGHT_LONG") else 3


class Client(threading.Thread):
    """Asks one thing after the other, on few connections, until nobody listens any more."""

    def __init__(self, port, first):
        super().__init__()
        self.port, self.number = port, first
        self.answered, self.unanswered = [], []

    def run(self):
        try:
            while True:
                with socket.create_connection((LOCAL, self.port), LIMIT) as connection:
                    self.ask(connection, random.randint(1, 20))
        except ConnectionRefusedError:
            pass
        except OSError as error:  # reset while it connects: nothing was asked
            self.unanswered.append(f"no connection: {error}")

    def ask(self, connection, times):
        for _ in range(times):
            self.number += CLIENTS
            number = str(self.number)
            try:
                connection.sendall(f"GET /note/{number} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
                head, body = self.response(connection)
            except OSError:
                head, body = b"", b""
            if body != number.encode():
                self.unanswered.append(number)
                return
            self.answered.append(number)
            if b"Connection: close" in head:
                return

    def response(self, connection):
        """Head and body, or what there is of them."""
        received = b""
        while True:
            head, _, body = received.partition(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                name, _, value = line.partition(b": ")
                if name == b"Content-Length" and len(body) == int(value):
                    return head, body
            piece = connection.recv(4096)
            if not piece:
                return head, body
            received += piece


def check_round(program):
    """How many requests were answered, and how many not taken."""
    server = subprocess.Popen([program, "--noting"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        clients = [Client(port, first) for first in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(random.uniform(0.05, 0.15))
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=LIMIT)[0].split()
        for client in clients:
            client.join(LIMIT)
    finally:
        server.kill()
        server.communicate()
    expect(server.returncode, 0, "told to stop, the server ends with")
    answered = {number for client in clients for number in client.answered}
    if lost := set(said) - answered:
        raise Problem(f"of {len(said)} requests that were begun, {len(lost)} were lost: {lost}")
    expect(answered - set(said), set(), "answered and not begun are")
    return len(answered), sum(len(client.unanswered) for client in clients)


def check(program):
    rounds = [check_round(program) for _ in range(ROUNDS)]
    answered, refused = map(sum, zip(*rounds))
    if not answered:
        raise Problem("there was no load")
    print(f"{ROUNDS} rounds: {answered} requests, all that were begun answered; {refused} not taken")


main(check, "program")
