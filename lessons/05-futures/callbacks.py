"""callbacks.cpp in asyncio: the same names, the same order."""

import asyncio

# [breakfast]
loop = asyncio.new_event_loop()
tea = loop.create_future()
toast = loop.create_future()


def whistle(done):
    print("whistle")


def drink(done):
    print("drink")


def pour(done):
    print(f"pour {done.result()} cups")
    toast.cancel()
    print("removed", tea.remove_done_callback(drink))
    tea.add_done_callback(lambda done: print("sugar"))


def run_once():
    loop.stop()
    loop.run_forever()


tea.add_done_callback(pour)
tea.add_done_callback(whistle)
tea.add_done_callback(drink)
toast.add_done_callback(lambda done: print("no toast" if done.cancelled() else "toast"))
print("removed", tea.remove_done_callback(whistle))

loop.call_soon(print, "news")
tea.set_result(2)
print("the water boils")
loop.call_soon(print, "music")

run_once()
print("--")
run_once()
# [/breakfast]

loop.close()
