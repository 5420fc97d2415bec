"""requests.cpp in asyncio: the same names, the same order."""

import asyncio


# [requests]
async def nap(name):
    print(f"{name} sleeps")
    await asyncio.sleep(3600)
    print(f"{name} wakes up")


async def mule():
    try:
        await nap("mule")
    except asyncio.CancelledError:
        print("mule stays")
    await asyncio.sleep(0)
    print("mule eats")


async def mayfly():
    pass


async def tell(name, task):
    try:
        await task
        print(f"{name} is done")
    except asyncio.CancelledError:
        print(f"{name} is cancelled")
# [/requests]


def ask(name, task):
    print(f"ask {name}: {'yes' if task.cancel() else 'no'}")


async def farm():
    cat = asyncio.create_task(nap("cat"))
    dog = asyncio.create_task(nap("dog"))
    stubborn = asyncio.create_task(mule())
    fly = asyncio.create_task(mayfly())
    ask("cat", cat)
    await asyncio.sleep(0)
    ask("dog", dog)
    ask("mule", stubborn)
    ask("fly", fly)
    await tell("cat", cat)
    await tell("dog", dog)
    await tell("mule", stubborn)
    await tell("fly", fly)


asyncio.run(farm())
