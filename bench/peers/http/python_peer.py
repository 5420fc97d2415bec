"""Python's HTTP: servers that say hello (W11), a client (W12), an echo by WebSocket (W13).

python_peer.py aiohttp|uvicorn|websockets WORK SIZE"""

import asyncio
import json
import sys
import time

LACKING = 3
REQUESTS, CONNECTIONS = 10_000, 100


def announce(port):
    print(json.dumps({"port": port}), flush=True)


async def aiohttp_server():
    from aiohttp import web

    async def hello(_request):
        return web.Response(text="hello\n")

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    announce(runner.addresses[0][1])
    await asyncio.sleep(3600)


async def aiohttp_client(port):
    import aiohttp

    async def ask(session, url):
        for _ in range(REQUESTS // CONNECTIONS):
            async with session.get(url) as response:
                assert await response.read() == b"hello\n"

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:
        url = f"http://127.0.0.1:{port}/"
        await asyncio.gather(*(ask(session, url) for _ in range(CONNECTIONS)))


def uvicorn_server():
    import uvicorn

    async def app(_scope, _receive, send):
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"6")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello\n"})

    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
    listening = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical").bind_socket()
    listening.listen(1024)
    announce(listening.getsockname()[1])
    uvicorn.Server(config).run(sockets=[listening])


async def websockets_server():
    import websockets

    async def echo(socket, *_path):
        async for message in socket:
            await socket.send(message)

    async with websockets.serve(echo, "127.0.0.1", 0, compression=None, backlog=1024) as server:
        announce(server.sockets[0].getsockname()[1])
        await asyncio.sleep(3600)


def measure_client(port):
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(aiohttp_client(port))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    figures = {"wall_ns": 1e9 * wall / REQUESTS, "cpu_ns": 1e9 * cpu / REQUESTS}
    print(json.dumps({"work": "W12", "operations": REQUESTS, **figures}))


def main(library, work, size):
    if (library, work) == ("aiohttp", "W11"):
        asyncio.run(aiohttp_server())
    elif (library, work) == ("aiohttp", "W12"):
        measure_client(int(size))
    elif (library, work) == ("uvicorn", "W11"):
        uvicorn_server()
    elif (library, work) == ("websockets", "W13"):
        asyncio.run(websockets_server())
    else:
        sys.exit(LACKING)


main(*sys.argv[1:4])
