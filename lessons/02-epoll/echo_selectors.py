# The echo server of echo_raw.cpp with Python's selectors, and an audience for it.

import selectors
import socket
import threading
import time


# [serve]
def accept(listener, selector):
    client, _ = listener.accept()
    client.setblocking(False)
    selector.register(client, selectors.EVENT_READ, echo)


def echo(client, selector):
    try:
        data = client.recv(4096)  # never sleeps
        if data and client.send(data) == len(data):
            return
    except BlockingIOError:
        return
    except ConnectionError:
        pass
    selector.unregister(client)  # before it is closed
    client.close()


def serve(listener):
    selector = selectors.DefaultSelector()  # epoll on Linux
    selector.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _ in selector.select():  # the one place to sleep
            handler = key.data
            handler(key.fileobj, selector)
# [/serve]


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=[listener], daemon=True).start()
silent = [socket.create_connection(listener.getsockname()) for _ in range(20)]
print('20 clients connect and say nothing; one more says "hello"')
client = socket.create_connection(listener.getsockname())
start = time.monotonic()
client.sendall(b"hello")
answer = client.recv(5)
print(f'it hears "{answer.decode()}" after {(time.monotonic() - start) * 1000:.0f} ms')
