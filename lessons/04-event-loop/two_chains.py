"""two_chains.cpp in asyncio: the same names, the same order."""

import asyncio

# [chains]
loop = asyncio.new_event_loop()


def count_down(name, left):
    print(f"{name}{left}")
    if left > 1:
        loop.call_soon(count_down, name, left - 1)


def stop():
    print("stop")
    loop.stop()


def timer():
    print("timer")
    loop.call_soon(stop)


loop.call_soon(count_down, "a", 3)
loop.call_later(0, timer)
loop.call_soon(count_down, "b", 4)

print("start")
loop.run_forever()
print("end")
loop.stop()
loop.run_forever()  # asyncio's way to run one iteration
# [/chains]

loop.close()
