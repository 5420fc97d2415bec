"""order.cpp in asyncio: the same names. The timer rings before the signal is handled."""

import asyncio
import os
import signal


# [order]
def callback():
    loop = asyncio.get_running_loop()
    print("the callback begins")
    loop.call_later(0, print, "the timer rings")
    os.kill(os.getpid(), signal.SIGUSR2)
    os.kill(os.getpid(), signal.SIGUSR2)
    loop.call_soon(print, "the next callback runs")
    print("the callback ends")


async def program():
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR2, print, "the signal is handled")
    loop.call_soon(callback)
    print("the program waits")
    await asyncio.sleep(0.01)
# [/order]


asyncio.run(program())
