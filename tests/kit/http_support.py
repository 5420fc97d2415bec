"""What the checks with other programs of HTTP share. Each starts what it needs in a folder of its
own, on ports of its own of this machine alone, and ends it."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from kit import Problem

LIMIT = 60  # seconds
LOCAL = "127.0.0.1"


def run(*command, **options):
    """What a command prints."""
    command = [str(word) for word in command]
    done = subprocess.run(command, capture_output=True, timeout=LIMIT, **options)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode(errors="replace")
        raise Problem(f"{' '.join(command)} exits with {done.returncode}: {said}")
    return done.stdout


def expect(got, wanted, what):
    if got != wanted:
        raise Problem(f"{what}: {got!r}, not {wanted!r}")


def having(*checks):
    """Runs `(name, check)` where the program or the module is there; says what was left out."""
    said = []
    for name, check in checks:
        there = shutil.which(name) or Path("/usr/share/nodejs", name).exists() or is_module(name)
        if there:
            check()
        said.append(name if there else f"no {name}")
    print("; ".join(said))


def is_module(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="loopwright-") as name:
        Path(name).chmod(0o755)  # servers may have a user of their own
        yield Path(name)


@contextlib.contextmanager
def our_server(program, *arguments):
    """Our server; gives its ports. Interrupted, it has to end well."""
    command = [str(word) for word in (program, *arguments)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield [int(port) for port in server.stdout.readline().split()]
        server.send_signal(signal.SIGINT)
        expect(server.wait(LIMIT), 0, "our server ends with")
    finally:
        server.kill()
        server.communicate()


@contextlib.contextmanager
def other_server(port, *command):
    """A server of somebody else, once it answers at `port`."""
    server = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        wait_for(port, server)
        yield
    finally:
        server.terminate()
        try:
            server.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


def wait_for(port, server):
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((LOCAL, port), 1):
            return
        if server.poll() is not None:
            raise Problem(f"{server.args[0]} does not serve: {server.stdout.read().decode()}")
        time.sleep(0.02)
    raise Problem(f"{server.args[0]} does not serve in time")


def free_ports(count):
    """Ports that nobody listens at."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOCAL, 0))
        return [each.getsockname()[1] for each in sockets]


class Authority:
    """Issues certificates, in a folder."""

    NEW = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")

    def __init__(self, folder):
        self.folder = folder
        self.certificate, self.key = self.self_signed("authority")

    def self_signed(self, name, host=None):
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        names = ("-addext", f"subjectAltName=DNS:{host}") if host else ()
        run("openssl", "req", "-x509", *self.NEW, "-days", 2, "-subj", f"/CN={host or name}",
            *names, "-keyout", key, "-out", certificate)  # fmt: skip
        return certificate, key

    def issue(self, name, host, days=2):
        """For a host; expired for a negative number of days."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, names = self.folder / f"{name}.csr", self.folder / f"{name}.names"
        names.write_text(f"subjectAltName=DNS:{host}\n")
        run("openssl", "req", *self.NEW, "-subj", f"/CN={host}", "-keyout", key, "-out", request)
        run("openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
            "-days", days, "-extfile", names, "-out", certificate)  # fmt: skip
        return certificate, key


NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr crit;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type text/plain;
{servers}
}}
"""


@contextlib.contextmanager
def nginx(folder, port, servers):
    """nginx with these server blocks, one of which listens at `port`."""
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, servers=servers))
    with other_server(port, "nginx", "-p", folder, "-e", "stderr", "-c", settings):
        yield
