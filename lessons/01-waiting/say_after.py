# The same two coroutines in Python's asyncio, awaited in turn and started together.

import asyncio
import time


# [say_after]
async def say_after(delay, what):
    await asyncio.sleep(delay)
    print(f"  {what}")


async def in_turn():
    await say_after(0.2, "hello")
    await say_after(0.1, "world")


async def together():
    hello = asyncio.create_task(say_after(0.2, "hello"))
    world = asyncio.create_task(say_after(0.1, "world"))
    await hello
    await world
# [/say_after]


for main in in_turn, together:
    print(f"{main.__name__.replace('_', ' ')}:")
    start = time.monotonic()
    asyncio.run(main())
    print(f"  took {time.monotonic() - start:.1f} s")
