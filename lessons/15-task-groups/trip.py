"""trip.cpp in asyncio: the same names, the same order."""

import asyncio


# [trip]
async def book(what, takes, there_is_one=True):
    try:
        await asyncio.sleep(takes / 50)
    except asyncio.CancelledError:
        print(f"{what} is given up")
        raise
    if not there_is_one:
        raise RuntimeError(f"no {what}")
    print(f"{what} is booked")


async def evening():
    async with asyncio.TaskGroup() as group:
        group.create_task(book("dinner", 2))
        group.create_task(book("opera", 5))
        await book("taxi", 1)
        print("the evening is planned")


async def trip():
    async with asyncio.TaskGroup() as group:
        group.create_task(book("flight", 3, False))
        await evening()
        print("the trip is planned")


async def plan():
    try:
        await trip()
    except* RuntimeError as group:
        for error in group.exceptions:
            print(f"failed: {error}")
    print("at home")
# [/trip]


asyncio.run(plan())
