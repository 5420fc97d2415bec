"""The service that posts.py asks, as in posts_service.hpp: each answer takes a tenth of a second."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USERS = [
    {"id": 1, "name": "Ada", "posts": ["On engines", "Notes, A to G"]},
    {"id": 2, "name": "Grace", "posts": ["A moth", "Nanoseconds", "On compilers"]},
    {"id": 3, "name": "Edsger", "posts": ["On goto", "Five philosophers"]},
    {"id": 4, "name": "Barbara", "posts": ["On substitution"]},
    {"id": 5, "name": "Tony", "posts": ["Quicksort", "Monitors", "My mistake"]},
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        time.sleep(0.1)
        found = re.fullmatch(r"/users/(\d+)(/posts)?", self.path)
        users = [user for user in USERS if found and str(user["id"]) == found[1]]
        if not users:
            return self.answer(404, {"detail": "There is no such user."})
        content = dict(users[0])
        posts = content.pop("posts")
        return self.answer(200, posts if found[2] else content)

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class PostsService:
    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()
