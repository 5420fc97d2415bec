"""order.cpp in asyncio: the same names, the same lines."""

import asyncio
import threading

# [job]
callback_runs = threading.Event()
job_is_done = threading.Event()


def job():
    callback_runs.wait()
    print("the job works")
    job_is_done.set()


async def wait_for_the_job():
    await asyncio.to_thread(job)
    print("the task has its result")
# [/job]


def callback():
    print("the callback begins")
    loop = asyncio.get_running_loop()
    loop.call_later(0, print, "the timer rings")
    callback_runs.set()
    job_is_done.wait()  # a callback that blocks
    loop.call_soon(print, "the next callback runs")
    print("the callback ends")


async def program():
    task = asyncio.create_task(wait_for_the_job())
    asyncio.get_running_loop().call_soon(callback)
    print("the program waits")
    await task


asyncio.run(program())
