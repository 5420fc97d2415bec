"""Our streams under TLS and our WebSocket, and others: curl reads a page, and python3-websockets
talks to our server in clear and under TLS. What is not installed is left out, and named."""

import asyncio
import shutil
import signal
import ssl
import subprocess
import tempfile
from pathlib import Path

from kit import Problem, main

LIMIT = 60  # seconds


def make_certificate(folder):
    certificate, key = Path(folder, "own.pem"), Path(folder, "own.key")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        capture_output=True, timeout=LIMIT,
    )  # fmt: skip
    if made.returncode != 0:
        raise Problem(f"openssl makes no certificate: {made.stderr.decode()}")
    return certificate, key


def curl(certificate, port, *extra):
    return subprocess.run(
        ["curl", "--silent", "--noproxy", "*", "--max-time", "30", "--cacert", certificate,
         "--resolve", f"localhost:{port}:127.0.0.1", *extra],
        capture_output=True, timeout=LIMIT,
    )  # fmt: skip


def check_curl(certificate, port):
    if not shutil.which("curl"):
        return "no curl"
    for version in ("--tlsv1.3", "--tls-max=1.2"):
        version = version.split("=")
        url = f"https://localhost:{port}/"
        got = curl(certificate, port, *version, url, url)
        if got.returncode != 0 or got.stdout != b"hello\n" * 2:
            raise Problem(f"curl {version} gets {got.stdout!r} and exits with {got.returncode}")
    if curl(certificate, port, f"https://127.0.0.1:{port}/").returncode != 60:
        raise Problem("curl takes a certificate of another name")
    if curl(certificate, port, f"http://localhost:{port}/").returncode == 0:
        raise Problem("curl gets a page in clear from a port of TLS")
    return "curl over TLS 1.2 and 1.3"


async def talk(websockets, url, **options):
    """Everything that a peer may send comes back."""
    async with websockets.connect(url, compression=None, max_size=None, **options) as socket:
        for message in ("hello", "", "Grüße", "x" * 70_000, b"", b"\x00\xff", bytes(300_000)):
            await socket.send(message)
            if await socket.recv() != message:
                raise Problem(f"{url} gives another message than {message[:20]!r}")
        await socket.send(["in ", "three ", "pieces"])
        if await socket.recv() != "in three pieces":
            raise Problem(f"{url} does not put fragments together")
        await (await socket.ping(b"there?"))
        await asyncio.gather(*(socket.send(str(i)) for i in range(100)))
        if [await socket.recv() for _ in range(100)] != [str(i) for i in range(100)]:
            raise Problem(f"{url} loses messages, or their order")
        await socket.close(4000, "enough")
    if socket.close_code != 4000:
        raise Problem(f"{url} closes with {socket.close_code}, not with 4000")
    async with websockets.connect(url, **options) as socket:  # it offers to compress
        await socket.send("x" * (2 << 20))
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            if closed.code != 1009:
                raise Problem(f"{url} closes with {closed.code}, not with 1009") from None
        else:
            raise Problem(f"{url} takes a message that is too long")


def check_websockets(certificate, clear, secured):
    try:
        import websockets
    except ImportError:
        return "no python3-websockets"

    async def both():
        await talk(websockets, f"ws://127.0.0.1:{clear}/")
        context = ssl.create_default_context(cafile=certificate)
        await talk(
            websockets, f"wss://localhost:{secured}/", ssl=context, host="127.0.0.1",
            server_hostname="localhost",
        )  # fmt: skip

    asyncio.run(asyncio.wait_for(both(), LIMIT))
    return "python3-websockets in clear and over TLS"


def check(program):
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder)
        server = subprocess.Popen([program, certificate, key], stdout=subprocess.PIPE, text=True)
        try:
            clear, secured = map(int, server.stdout.readline().split())
            found = [check_curl(certificate, secured)]
            found.append(check_websockets(certificate, clear, secured))
            server.send_signal(signal.SIGINT)
            if server.wait(LIMIT) != 0:
                raise Problem(f"the server ends with {server.returncode}")
        finally:
            server.kill()
            server.communicate()
    print("; ".join(found))


main(check, "program")
