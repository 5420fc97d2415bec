"""line.cpp in asyncio: the same names, the same order."""

import asyncio


# [line]
counter = asyncio.Queue(1)


async def cook():
    for plate in range(1, 4):
        await counter.put(plate)
        print(f"plate {plate} is on the counter")


async def waiter():
    for _ in range(3):
        plate = await counter.get()
        print(f"plate {plate} is served")
        await asyncio.sleep(1 / 20)


async def evening():
    await asyncio.gather(cook(), waiter())
# [/line]


asyncio.run(evening())
