"""The processes that a test has started, and those that these did: a mark in their environment
tells them from all others."""

import contextlib
import os
from pathlib import Path

MARK = {"KIT_TEST_MARK": str(os.getpid())}


def marked(environment):
    """The environment for a process that processes() is to find."""
    return environment | MARK


def processes():
    """Process IDs and command lines. Without zombies, which have none."""
    (mark,) = (f"{name}={value}".encode() for name, value in MARK.items())
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(entry.name)] = command.decode(errors="replace").strip()
    return {pid: command for pid, command in found.items() if command}
