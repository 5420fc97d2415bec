"""turns.cpp in asyncio: the same names, the same order."""

import asyncio


async def cook(dish):
    print(f"chop {dish}")
    await asyncio.sleep(0)
    print(f"fry {dish}")


async def dinner():
    soup = asyncio.create_task(cook("soup"))
    fish = asyncio.create_task(cook("fish"))
    print("ordered")
    await cook("rice")
    print("rice is ready")
    await fish
    print("fish is ready")
    await soup
    print("soup is ready")


asyncio.run(dinner())
