"""pieces.cpp in asyncio: the same names, the same lines."""

import asyncio
import socket


def quoted(data):
    return '"' + data.decode().replace("\n", "\\n") + '"'


def got(data):
    print("got", quoted(data))


# [pieces]
async def send(out):
    for piece in (b"HEL", b"LO\nhow are", b" you\nby", b"e"):
        print("send", quoted(piece))
        out.write(piece)
        await asyncio.sleep(0.05)
    out.close()


async def receive(reader):
    got(await reader.read(100))
    got(await reader.readline())
    got(await reader.readexactly(3))
    got(await reader.readline())
    try:
        got(await reader.readexactly(5))
    except asyncio.IncompleteReadError as error:
        got(error.partial + b"...")
    got(await reader.read(100))
# [/pieces]


async def talk():
    here, there = socket.socketpair()
    _, out = await asyncio.open_connection(sock=here)
    reader, writer = await asyncio.open_connection(sock=there)
    sending = asyncio.create_task(send(out))
    await receive(reader)
    await sending
    writer.close()


asyncio.run(talk())
