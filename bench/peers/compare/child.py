"""Running the peers' programs: on which core, for how long at most, and that none is left."""

import ctypes
import json
import os
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from peers import BIN

LACKING = 3  # the exit status of a program that knows no such work
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None)
_libc.prctl(PR_SET_CHILD_SUBREAPER, 1)  # what children leave behind is ours to wait for
CORES = sorted(os.sched_getaffinity(0))


class Failed(Exception):
    """Why there is no measurement."""


class Lacking(Exception):
    """The peer has no such thing."""


def _prepare(core):
    parent = os.getpid()

    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        if core is not None:
            os.sched_setaffinity(0, {core})

    return prepare


@contextmanager
def started(command, core=None, environment=None):
    """A child with a pipe; it and all that it started are killed at the end, and the folder where
    they keep their temporary files is removed."""
    with tempfile.TemporaryDirectory(prefix="loopwright-", ignore_cleanup_errors=True) as folder:
        child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ, TMPDIR=folder, **(environment or {})),
            start_new_session=True,
            preexec_fn=_prepare(core),
        )
        try:
            yield child
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.communicate()
            _wait_for_group(child.pid)


def _wait_for_group(leader):
    """For what a child had started itself, so that its time is counted as ours."""
    try:
        while True:
            os.waitpid(-leader, 0)
    except ChildProcessError:
        pass


def lines_of(command, limit, core=None, environment=None):
    """Runs a program to its end; the JSON lines that it printed."""
    with started(command, core, environment) as child:
        try:
            out, errors = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within {limit:.0f} s and was ended") from None
    if child.returncode == LACKING:
        raise Lacking
    if child.returncode != 0:
        raise Failed(reason(child.returncode, errors))
    return [json.loads(line) for line in out.splitlines()]


def reason(status, errors):
    last = errors.strip().splitlines()[-1] if errors.strip() else ""
    how = f"ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"{how}: {last}" if last else how


def first_line(child, limit):
    """The first line of a program that runs on."""
    alarm = _Alarm(child, limit)
    line = child.stdout.readline()
    alarm.off()
    if line:
        return json.loads(line)
    status = child.wait()
    if alarm.rang:
        raise Failed(f"said nothing for {limit:.0f} s and was ended")
    if status == LACKING:
        raise Lacking
    raise Failed(reason(status, child.stderr.read()))


class _Alarm:
    """Kills a child that is silent for too long, so that reading from it comes to an end."""

    def __init__(self, child, limit):
        self.rang = False
        self._child = child
        self._timer = threading.Timer(limit, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self):
        self.rang = True
        self._child.kill()

    def off(self):
        self._timer.cancel()


@contextmanager
def counters():
    """A file in which harness/counters.cpp counts, and the environment that makes it do so."""
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        file = Path(folder) / "counters"
        yield file, {
            "LOOPWRIGHT_COUNTERS": str(file),
            "LD_PRELOAD": str(BIN / "libpeer-counters.so"),
            "PYTHONMALLOC": "malloc",  # small objects too
        }


def counted(file):
    """What has been counted: allocations, bytes in use, their peak, system calls."""
    data = file.read_bytes()
    words = [int.from_bytes(data[i : i + 8], "little") for i in range(0, 32, 8)]
    return dict(zip(("allocations", "live", "peak", "calls"), words))
