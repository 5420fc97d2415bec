"""nested.cpp in asyncio: the same names, the same order."""

import asyncio


# [nested]
async def brew(what):
    print(f"brew {what}")
    if what == "soup":
        raise RuntimeError("no soup today")
    return len(what)


async def tray():
    print("tray")
    tea = brew("tea")
    soup = brew("soup")
    coffee = brew("coffee")
    print("three orders")
    letters = await coffee
    letters += await tea
    print(f"{letters} letters")
    letters += await soup
    print("tray is full")
    return letters


async def guest():
    order = tray()
    print("guest")
    try:
        print(f"{await order} in all")
    except RuntimeError as error:
        print(f"sorry: {error}")
    print("guest leaves")
# [/nested]


asyncio.run(guest())
