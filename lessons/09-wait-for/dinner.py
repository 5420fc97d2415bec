"""dinner.cpp in asyncio: the same names, the same order."""

import asyncio


# [dinner]
async def cook(dish, time):
    print(f"{dish} is on")
    try:
        await asyncio.sleep(time / 50)
    except asyncio.CancelledError:
        print(f"{dish} is taken off")
        raise
    print(f"{dish} is done")


async def protect(task):
    await asyncio.shield(task)


async def serve(dish, cooking):
    try:
        await asyncio.wait_for(cooking, 2 / 50)
        print(f"{dish} is served")
    except asyncio.TimeoutError:
        print(f"{dish} is late")


async def dinner():
    await serve("soup", cook("soup", 1))
    await serve("roast", cook("roast", 3))
    cake = asyncio.create_task(cook("cake", 3))
    await serve("cake", protect(cake))
    await serve("cake", protect(cake))
# [/dinner]


asyncio.run(dinner())
