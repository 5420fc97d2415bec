"""who.cpp in asyncio: the same names, the same order."""

import asyncio


# [who]
key = asyncio.Lock()


async def use(name):
    print(f"{name} comes")
    try:
        async with key:
            print(f"{name} has the key")
            await asyncio.sleep(1 / 20)
            print(f"{name} is done")
    except asyncio.CancelledError:
        print(f"{name} leaves")
        raise


async def twice(name):
    await use(name)
    await use(name)


async def day():
    ann = asyncio.create_task(twice("ann"))
    bob = asyncio.create_task(use("bob"))
    cid = asyncio.create_task(use("cid"))
    await asyncio.sleep(0.5 / 20)
    bob.cancel()
    await asyncio.gather(ann, cid)
# [/who]


asyncio.run(day())
