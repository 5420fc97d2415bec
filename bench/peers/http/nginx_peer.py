"""nginx, which says hello (W11): one worker, in this process, in a folder of its own."""

import json
import os
import socket
import sys
import tempfile
import time

if sys.argv[1] != "W11":
    sys.exit(3)

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
folder = tempfile.mkdtemp(prefix="loopwright-nginx-")
temporary = "".join(
    f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
settings = f"""
daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; default_type text/plain; keepalive_requests 1000000000; {temporary}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{ return 200 "hello\\n"; }}
  }}
}}
"""
with open(f"{folder}/nginx.conf", "w") as file:
    file.write(settings)
if os.fork() == 0:  # tells when it serves; the process that is measured becomes nginx
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.01)
    print(json.dumps({"port": port}), flush=True)
    os._exit(0)
os.execvp("nginx", ["nginx", "-p", folder, "-e", "stderr", "-c", f"{folder}/nginx.conf"])
