"""Our server, and the clients of others: curl, aiohttp, httpx, python3-websockets and ws of Node,
in clear and under TLS. What is not installed is left out, and named."""

import asyncio
import os
import ssl
import subprocess

from http_support import LIMIT, LOCAL, Authority, expect, folder, having, our_server, run
from kit import Problem, main

NUMBERS = b"".join(b"%d\n" % i for i in range(1, 1001))
BODY = bytes(range(256)) * 2000


class Place:
    """Where our server is."""

    def __init__(self, ports, certificate, here):
        self.clear, self.secured = ports
        self.certificate, self.here = certificate, here
        self.context = ssl.create_default_context(cafile=certificate)
        self.urls = f"http://{LOCAL}:{self.clear}", f"https://localhost:{self.secured}"
        self.chats = [url.replace("http", "ws", 1) + "/chat" for url in self.urls]

    def context_of(self, url):
        return self.context if url.startswith(("https", "wss")) else None


def curl(place, *extra, **options):
    return run("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", 30,
               "--cacert", place.certificate, "--resolve", f"localhost:{place.secured}:{LOCAL}",
               *extra, **options)  # fmt: skip


def check_curl(place):
    for url in place.urls:
        expect(curl(place, f"{url}/hello"), b"hello\n", "curl gets")
        expect(curl(place, f"{url}/count/1000"), NUMBERS, "curl gets of a stream")
        head = curl(place, "--head", f"{url}/hello").decode()
        if not head.startswith("HTTP/1.1 200 OK\r\n") or "Content-Length: 6\r\n" not in head:
            raise Problem(f"curl --head gets {head!r}")
        body = place.here / "body"
        body.write_bytes(BODY)
        for extra in ((), ("--header", "Transfer-Encoding: chunked")):
            got = curl(place, *extra, "--data-binary", f"@{body}", f"{url}/echo")
            expect(got == BODY, True, f"curl gets back what it posts {extra}")
        many = curl(place, "--parallel", *[f"{url}/slow"] * 20)
        expect(many, b"slow\n" * 20, "curl gets at once")
        reused = curl(place, "--write-out", "%{num_connects} ", *[f"{url}/hello"] * 3)
        expect(reused.split(), b"hello 1 hello 0 hello 0".split(), "curl connects")
    clear = place.urls[0]
    status = ("--output", "/dev/null", "--write-out", "%{http_code}")
    for expected, *asked in (
        (b"404", f"{clear}/none"), (b"405", "--request", "PUT", f"{clear}/hello"),
        (b"200", "--http1.0", f"{clear}/hello"),
    ):  # fmt: skip
        expect(curl(place, *status, *asked), expected, f"curl {' '.join(asked)} gets")
    check_curl_under_tls(place)


def check_curl_under_tls(place):
    url = place.urls[1]
    for version in (("--tlsv1.3",), ("--tls-max", "1.2")):
        expect(curl(place, *version, f"{url}/hello"), b"hello\n", f"curl {version} gets")
    for status, wrong in (
        (60, f"https://{LOCAL}:{place.secured}/"), (52, f"http://{LOCAL}:{place.secured}/"),
    ):  # fmt: skip
        done = subprocess.run(
            ["curl", "--silent", "--noproxy", "*", "--cacert", place.certificate, wrong],
            capture_output=True, timeout=LIMIT,
        )  # fmt: skip
        expect(done.returncode in (status, 56), True, f"curl refuses {wrong}")


def check_aiohttp(place):
    import aiohttp

    async def talk(session, url, context):
        async with session.get(f"{url}/count/1000", ssl=context) as response:
            expect(await response.read(), NUMBERS, "aiohttp gets")
        async with session.post(f"{url}/echo", data=BODY, ssl=context) as response:
            expect(await response.read() == BODY, True, "aiohttp gets back what it posts")

        async def pieces():
            for at in range(0, len(BODY), 50_000):
                yield BODY[at : at + 50_000]

        async with session.post(f"{url}/echo", data=pieces(), ssl=context) as response:
            expect(await response.read() == BODY, True, "aiohttp gets back what it streams")
        async with session.put(f"{url}/hello", data=b"x", ssl=context) as response:
            expect(response.status, 405, "aiohttp's PUT gets")

        async def slow():
            async with session.get(f"{url}/slow", ssl=context) as response:
                return await response.text()

        expect(await asyncio.gather(*(slow() for _ in range(50))), ["slow\n"] * 50, "aiohttp gets")
        async with session.ws_connect(
            url.replace("http", "ws", 1) + "/chat", ssl=context, compress=15
        ) as socket:
            for message in ("hello", "", "Grüße", "x" * 70_000):
                await socket.send_str(message)
                expect(await socket.receive_str() == message, True, "aiohttp's message comes back")
            await socket.send_bytes(BODY)
            expect(await socket.receive_bytes() == BODY, True, "aiohttp's bytes come back")
        expect(socket.close_code, 1000, "aiohttp's WebSocket closes with")

    async def both():
        resolver = aiohttp.ThreadedResolver()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver)) as s:
            for url in place.urls:
                await talk(s, url, place.context_of(url) or False)

    asyncio.run(asyncio.wait_for(both(), LIMIT))


def check_httpx(place):
    import httpx

    async def all_at_once(client, url):
        answers = await asyncio.gather(*(client.get(f"{url}/slow") for _ in range(20)))
        expect([answer.text for answer in answers], ["slow\n"] * 20, "httpx gets")
        async with client.stream("GET", f"{url}/count/1000") as response:
            expect(b"".join([part async for part in response.aiter_bytes()]), NUMBERS, "httpx gets")
        answer = await client.post(f"{url}/echo", content=BODY)
        expect(answer.content == BODY, True, "httpx gets back what it posts")
        expect((await client.head(f"{url}/hello")).headers["content-length"], "6", "httpx's HEAD")

    async def both():
        async with httpx.AsyncClient(verify=place.context, trust_env=False) as client:
            for url in place.urls:
                await all_at_once(client, url)

    asyncio.run(asyncio.wait_for(both(), LIMIT))


async def talk(websockets, url, **options):
    """Everything that a peer may send comes back."""
    async with websockets.connect(url, compression=None, max_size=None, **options) as socket:
        for message in ("hello", "", "Grüße", "x" * 70_000, b"", b"\x00\xff", bytes(300_000)):
            await socket.send(message)
            expect(await socket.recv() == message, True, f"{url} gives back {message[:20]!r}")
        await socket.send(["in ", "three ", "pieces"])
        expect(await socket.recv(), "in three pieces", f"{url} puts together")
        await (await socket.ping(b"there?"))
        await asyncio.gather(*(socket.send(str(i)) for i in range(100)))
        came = [await socket.recv() for _ in range(100)]
        expect(came, [str(i) for i in range(100)], f"{url} gives back")
        await socket.close(4000, "enough")
    expect(socket.close_code, 4000, f"{url} closes with")
    async with websockets.connect(url, **options) as socket:  # it offers to compress
        await socket.send("x" * (2 << 20))
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            expect(closed.code, 1009, f"{url} closes after a message that is too long with")
        else:
            raise Problem(f"{url} takes a message that is too long")


def check_websockets(place):
    import websockets

    async def both():
        for url in place.chats:
            options = {}
            if context := place.context_of(url):
                options = {"ssl": context, "host": LOCAL, "server_hostname": "localhost"}
            await talk(websockets, url, **options)

    asyncio.run(asyncio.wait_for(both(), LIMIT))


NODE = """
const WebSocket = require('ws');
const fs = require('fs');
const sent = ['hello', '', 'Grüße', 'x'.repeat(70000), Buffer.alloc(0), Buffer.alloc(300000, 255)];
const socket = new WebSocket(process.argv[2], { ca: fs.readFileSync(process.argv[3]) });
let came = 0;
const fail = text => { console.log(text); process.exit(1); };
socket.on('error', error => fail(String(error)));
socket.on('open', () => { sent.forEach(message => socket.send(message)); socket.ping('there?'); });
socket.on('pong', data => { if (String(data) !== 'there?') fail('another pong'); });
socket.on('message', (data, isBinary) => {
  const wanted = sent[came++];
  if (isBinary !== Buffer.isBuffer(wanted)) fail('of another kind');
  if (!Buffer.from(wanted).equals(Buffer.from(data))) fail('another message');
  if (came === sent.length) socket.close(4001, 'enough');
});
socket.on('close', code => { console.log(came, code); });
"""


def check_node(place):
    script = place.here / "talk.js"
    script.write_text(NODE)
    found = {**os.environ, "NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs"}
    for url in place.chats:
        said = run("node", script, url, place.certificate, env=found)
        expect(said, b"6 4001\n", f"ws at {url} says")


def check(program):
    with folder() as here:
        authority = Authority(here)
        certificate, key = authority.issue("server", "localhost")
        with our_server(program, certificate, key) as ports:
            place = Place(ports, authority.certificate, here)
            having(
                ("curl", lambda: check_curl(place)), ("aiohttp", lambda: check_aiohttp(place)),
                ("httpx", lambda: check_httpx(place)),
                ("websockets", lambda: check_websockets(place)), ("ws", lambda: check_node(place)),
            )  # fmt: skip


main(check, "program")
