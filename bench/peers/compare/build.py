"""Builds the peers' programs. What cannot be built is a sentence, not a failure."""

import fcntl
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from peers import BUILD, GO, HYPER, PYTHON, SOURCE, TOKIO

CRATES = "/usr/share/cargo/registry"


class CannotBuild(Exception):
    pass


def build(peers, say):
    """Returns the peers that can run, and {key: why} of the others."""
    missing = {}
    with _alone():
        say("Building the programs that are compared")
        _configure()
        targets = _call(["ninja", "-C", BUILD, "-t", "targets", "all"]).stdout
        _build_first("peer-load", "peer-counters")
        ours = [peer for peer in peers if peer.target]
        here = [peer for peer in ours if f"\n{peer.target}: phony" in targets]
        for peer in ours:
            if peer not in here:
                missing[peer.key] = _to_install(peer)
        missing.update(_build_all(here))
        if "\npeer-http: phony" in targets and any(peer.key == "aio" for peer in peers):
            _build_first("peer-http")
        for crate in (TOKIO, HYPER):
            if crate in peers:
                missing.update(_build_crate(crate, say))
        if GO in peers:
            missing.update(_build_go(say))
    for peer in peers:
        if peer.module and not _imports(peer.module):
            missing[peer.key] = _to_install(peer)
        if peer.key in ("nginx", "node") and not shutil.which(peer.key):
            missing[peer.key] = _to_install(peer)
    return [peer for peer in peers if peer.key not in missing], missing


@contextmanager
def _alone():
    """Two builds in one tree disturb each other; ./learn takes the same lock."""
    (SOURCE / "build").mkdir(exist_ok=True)
    with open(SOURCE / "build/learn.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _call(command, **options):
    return subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def _configure():
    """Each time: a package may have come since."""
    known = (BUILD / "build.ninja").exists()
    done = _call(["cmake", BUILD] if known else ["cmake", "--preset", "release"], cwd=SOURCE)
    if done.returncode != 0:
        raise CannotBuild(f"cmake failed:\n{done.stdout[-2000:]}")


def _ninja(targets):
    return _call(["ninja", "-C", BUILD, "-k", "0", *targets])


def _build_first(*targets):
    done = _ninja(targets)
    if done.returncode != 0:
        raise CannotBuild(f"{' and '.join(targets)} cannot be built:\n{_first_error(done.stdout)}")


def _build_all(peers):
    """At once; only when something fails it matters what."""
    if _ninja([peer.target for peer in peers]).returncode == 0:
        return {}
    failed = {peer.key: _ninja([peer.target]) for peer in peers}
    return {
        key: f"cannot be built: {_first_error(done.stdout)}"
        for key, done in failed.items()
        if done.returncode != 0
    }


def _first_error(output):
    lines = output.splitlines()
    return next((line for line in lines if "error" in line), lines[-1] if lines else "no output")


def _to_install(peer):
    return f"not installed; it needs: {' '.join(peer.packages)}"


# ── tokio and hyper, from Debian's crates, and Go, without a network ──


def _debians(tool):
    """Debian's own cargo knows Debian's crates; another one in the path may be too new or old."""
    return f"/usr/bin/{tool}" if os.access(f"/usr/bin/{tool}", os.X_OK) else None


def _build_crate(peer, say):
    cargo, rustc = _debians("cargo"), _debians("rustc")
    if not (cargo and rustc and any(Path(CRATES).glob(f"{peer.key}-[01]*"))):
        return {peer.key: _to_install(peer)}
    say(f"Building {peer.key}")
    folder = BUILD / peer.key
    shutil.copytree(_crate(peer.key), folder, dirs_exist_ok=True)
    source = ["source.crates-io.replace-with='debian'", f"source.debian.directory='{CRATES}'"]
    command = [cargo, "build", "--release", "--offline"]
    for setting in source:
        command += ["--config", setting]
    home = {"CARGO_HOME": str(BUILD / "cargo"), "RUSTC": rustc}
    done = _call(command, cwd=folder, env=dict(os.environ, **home))
    if done.returncode == 0:
        return {}
    return {peer.key: f"cannot be built: {_first_error(done.stdout)}"}


def _crate(key):
    folder = SOURCE / "bench/peers"
    return folder / key if (folder / key).exists() else folder / "http" / key


def _build_go(say):
    if not (go := _debians("go")):
        return {GO.key: _to_install(GO)}
    say("Building Go's")
    apart = {"GO111MODULE": "off", "GOCACHE": str(BUILD / "go/cache"), "GOFLAGS": ""}
    command = [go, "build", "-o", GO.command[0], SOURCE / "bench/peers/http/go.go"]
    done = _call(command, env=dict(os.environ, **apart))
    if done.returncode == 0:
        return {}
    return {GO.key: f"cannot be built: {_first_error(done.stdout)}"}


def _imports(module):
    try:
        return _call([PYTHON, "-c", f"import {module}"]).returncode == 0
    except FileNotFoundError:
        return False
