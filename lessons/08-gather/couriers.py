"""couriers.cpp in asyncio: the same names, the same order."""

import asyncio


# [couriers]
async def courier(name, way):
    print(f"{name} leaves")
    await asyncio.sleep(way / 50)
    if name == "bob":
        raise RuntimeError("bob fell")
    print(f"{name} arrives")
    return name


async def deliver():
    try:
        await asyncio.gather(courier("ann", 3), courier("bob", 1), courier("cid", 2))
        print("all there")
    except RuntimeError as error:
        print(f"trouble: {error}")
    await asyncio.sleep(5 / 50)
    print("next day")
    dan, bob = await asyncio.gather(
        courier("dan", 2), courier("bob", 1), return_exceptions=True
    )
    how = ["failed" if isinstance(result, Exception) else "good" for result in (dan, bob)]
    print(f"dan: {how[0]}, bob: {how[1]}")
# [/couriers]


asyncio.run(deliver())
