"""h11 and nginx judge the raw requests of tests/http/requests.txt as we do, or the file says why
not. What is not installed is left out, and named."""

import re
import socket

from http_rows import requests
from http_support import LIMIT, LOCAL, folder, free_ports, having, nginx
from kit import Problem, main

GRAMMAR = {"h11": {"200", "400"}, "nginx": {"200", "400", "501", "505"}}


def compare(judge, accepts):
    """What we do not serve, or not so much of it, is no question of grammar."""
    wrong = []
    for row in requests():
        statuses = set(row["verdict"].split()[:-1])
        if not statuses <= GRAMMAR[judge]:
            continue
        ours, theirs = statuses == {"200"}, accepts(row["bytes"])
        explained = judge in row["why"]
        if (ours == theirs) == explained:
            said = "explains" if explained else "does not explain"
            wrong.append(f"{row['name']}: ours {ours}, {judge}'s {theirs}; the file {said} it")
    if wrong:
        raise Problem("\n".join(wrong))


def check_h11():
    import h11

    def accepts(data):
        """Whether h11 takes all of it for complete requests; None while it waits for more."""
        peer = h11.Connection(h11.SERVER)
        peer.receive_data(data)
        try:
            while True:
                event = peer.next_event()
                if event is h11.NEED_DATA:
                    waits = peer.their_state is h11.SEND_BODY or peer.trailing_data[0]
                    return None if waits else True
                if event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    return True
                if isinstance(event, h11.EndOfMessage):
                    peer.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                    peer.send(h11.EndOfMessage())
                    if peer.our_state is h11.MUST_CLOSE:
                        return True
                    peer.start_next_cycle()
        except h11.RemoteProtocolError:
            return False

    compare("h11", accepts)


def answers(port, data):
    """All that comes until the server closes."""
    came = b""
    with socket.create_connection((LOCAL, port), LIMIT) as peer:
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            while more := peer.recv(65536):
                came += more
        except ConnectionError:
            pass
    return came


def check_nginx():
    with folder() as here:
        port, behind = free_ports(2)
        servers = f"""
  server {{
    listen {LOCAL}:{port};
    client_header_timeout 1s;
    client_body_timeout 1s;
    large_client_header_buffers 4 16k;
    proxy_ignore_client_abort on;
    location / {{ proxy_pass http://{LOCAL}:{behind}; }}
  }}
  server {{
    listen {LOCAL}:{behind};
    large_client_header_buffers 4 16k;
    location / {{ return 200; }}
  }}
"""

        def accepts(data):
            """nginx reads a body because it hands it on."""
            statuses = re.findall(rb"^HTTP/1\.1 (\d+)", answers(port, data), re.M)
            return bool(statuses) and all(status < b"400" for status in statuses)

        with nginx(here, port, servers):
            compare("nginx", accepts)


def check(_program):
    having(("h11", check_h11), ("nginx", check_nginx))


main(check, "program")
