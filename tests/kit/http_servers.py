"""Our client, and the servers of others: nginx, which closes its connections now and then, and
aiohttp, in clear and under TLS, also with certificates that are not valid. What is not installed is
left out, and named."""

import sys
import zlib

from http_support import (
    LOCAL, Authority, expect, folder, free_ports, having, nginx, other_server, run,
)  # fmt: skip
from kit import main

TEXT = "".join(f"line {i}\n" for i in range(30_000)).encode()


class Client:
    """Our client, told what to do."""

    def __init__(self, program, here):
        self.program, self.here = program, here
        self.authority = Authority(here)
        self.certificates = {
            "good": self.authority.issue("good", "localhost"),
            "expired": self.authority.issue("expired", "localhost", days=-1),
            "self-signed": self.authority.self_signed("own", "localhost"),
            "wrong name": self.authority.issue("other", "example.org"),
        }

    def does(self, *words):
        said = run(self.program, self.authority.certificate, *words).decode()
        return said.splitlines()


def body(content, status=200):
    return f"{status} {len(content)} {zlib.crc32(content)}"


def check_nginx(client):
    ports = free_ports(1 + len(client.certificates))
    clear, secured = ports[0], dict(zip(client.certificates, ports[1:]))
    (client.here / "text").write_bytes(TEXT)
    pages = f"""
    root {client.here};
    keepalive_requests 3;
    gzip on; gzip_types text/plain; gzip_min_length 100;
    location = /hello {{ return 200 "hello\\n"; }}
    location = /there {{ return 307 /hello; }}
    location = /none {{ return 204; }}
"""
    servers = f"  server {{ listen {LOCAL}:{clear}; {pages} }}\n"
    for name, port in secured.items():
        certificate, key = client.certificates[name]
        servers += (
            f"  server {{ listen {LOCAL}:{port} ssl; ssl_certificate {certificate};"
            f" ssl_certificate_key {key}; {pages} }}\n"
        )
    with nginx(client.here, clear, servers):
        for url in (f"http://{LOCAL}:{clear}", f"https://localhost:{secured['good']}"):
            words = ("get", f"{url}/hello", "get", f"{url}/text", "get", f"{url}/there",
                     "get", f"{url}/none", "get", f"{url}/missing", "many", 100, f"{url}/text",
                     "many", 500, f"{url}/hello")  # fmt: skip
            got = client.does(*words)
            missing = got.pop(4)
            expect(missing[:4], "404 ", "of nginx, a page that is missing")
            wanted = [body(b"hello\n"), body(TEXT), body(b"hello\n"), body(b"", 204), body(TEXT)]
            expect(got, [*wanted, body(b"hello\n")], f"of nginx at {url}, we get")
        check_certificates(client, secured, clear)


def check_certificates(client, secured, clear):
    for name, port in secured.items():
        wanted = body(b"hello\n") if name == "good" else f"refused: {name}"
        expect(client.does("get", f"https://localhost:{port}/hello"), [wanted], f"{name}: we say")
    wanted = ["refused: plain text"]
    expect(client.does("get", f"https://localhost:{clear}/hello"), wanted, "plain text: we say")


SERVER = """
import asyncio, ssl, sys
from aiohttp import web, WSMsgType

async def hello(request):
    return web.Response(text='hello\\n')

async def stream(request):
    response = web.StreamResponse()
    await response.prepare(request)
    for i in range(1000):
        await response.write(b'%d\\n' % i)
    return response

async def log_in(request):
    response = web.HTTPFound('/who')
    response.set_cookie('who', 'me')
    raise response

async def who(request):
    return web.Response(text=request.cookies.get('who', 'nobody'))

async def chat(request):
    socket = web.WebSocketResponse(max_msg_size=0)
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        else:
            await socket.send_bytes(message.data)
    return socket

async def events(request):
    first = int(request.headers.get('Last-Event-ID', 0)) + 1
    text = 'retry: 10\\n\\n' + ''.join(f'id: {i}\\rdata: {i}\\r\\r' for i in range(first, first + 3))
    return web.Response(text=text, content_type='text/event-stream')

async def serve(clear, secured, certificate, key):
    app = web.Application()
    for page in (hello, stream, log_in, who, chat, events):
        app.router.add_get('/' + page.__name__, page)
    runner = web.AppRunner(app)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    await web.TCPSite(runner, '127.0.0.1', int(secured), ssl_context=context).start()
    await web.TCPSite(runner, '127.0.0.1', int(clear)).start()
    await asyncio.sleep(3600)

asyncio.run(serve(*sys.argv[1:]))
"""


def check_aiohttp(client):
    clear, secured = free_ports(2)
    script = client.here / "server.py"
    script.write_text(SERVER)
    numbers = b"".join(b"%d\n" % i for i in range(1000))
    with other_server(
        clear, sys.executable, script, clear, secured, *client.certificates["good"]
    ):
        for url in (f"http://{LOCAL}:{clear}", f"https://localhost:{secured}"):
            chat = url.replace("http", "ws", 1) + "/chat"
            got = client.does(
                "get", f"{url}/hello", "get", f"{url}/stream", "get", f"{url}/log_in",
                "many", 100, f"{url}/stream", "chat", chat, "events", 7, f"{url}/events",
            )  # fmt: skip
            wanted = [body(b"hello\n"), body(numbers), body(b"me"), body(numbers)]
            wanted += ["closed with 1000", "1,2,3,4,5,6,7"]  # its own code, not ours
            expect(got, wanted, f"of aiohttp at {url}, we get")


def check(program):
    with folder() as here:
        client = Client(program, here)
        having(("nginx", lambda: check_nginx(client)), ("aiohttp", lambda: check_aiohttp(client)))


main(check, "program")
