"""On what, and with what, it was measured."""

import json
import os
import platform
import re
import subprocess
from datetime import datetime, timezone

from peers import BUILD, SOURCE


def machine():
    return {
        "processor": _first(r"model name\s*:\s*(.*)", "/proc/cpuinfo"),
        "cores": os.cpu_count(),
        "cores_used": len(os.sched_getaffinity(0)),
        "memory_mb": int(_first(r"MemTotal:\s*(\d+)", "/proc/meminfo") or 0) // 1000,
        "kernel": platform.release(),
        "system": _first(r'PRETTY_NAME="(.*)"', "/etc/os-release"),
        "load_at_start": os.getloadavg()[0],
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def versions(peers):
    """Of the runtime, the compiler, and the packages that these peers need."""
    found = {"loopwright": _said("git", "-C", SOURCE, "describe", "--always", "--dirty")}
    found["compiler"] = _said("g++", "--version").split("\n")[0]
    needed = [package for peer in peers for package in peer.packages]
    for package in dict.fromkeys(needed):
        version = _said("dpkg-query", "-W", "-f", "${Version}", package)
        if version:
            found[package] = version
    return found


def flags():
    """How the C++ programs were compiled."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    command = next(one["command"] for one in commands if one["file"].endswith("peers/aio.cpp"))
    words = [word for word in command.split() if re.match(r"-(O|D|std|f|march)", word)]
    return {"c++": " ".join(dict.fromkeys(words)), "rust": "cargo build --release"}


def _said(*command):
    try:
        done = subprocess.run(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _first(pattern, file):
    try:
        with open(file) as lines:
            found = re.search(pattern, lines.read())
    except FileNotFoundError:
        return ""
    return found[1].strip() if found else ""
