"""The part of ./learn that is a script: packages, the compiler, building the coach. Commands that
would change the machine are replaced by scripts of ours, in a folder that comes first in PATH."""

import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from checkout import (
    SOURCE, Checkout, Problem, expect_no_strays, finish, main, processes, remove, run_all,
    tests_in, wait_until,
)

TO_LEARN = ["g++", "cmake", "ninja-build", "libgtest-dev", "libcli11-dev", "libfmt-dev",
            "nlohmann-json3-dev", "libbenchmark-dev"]
COACH = "lessons/coach/text.cpp"  # quick to compile

# Says that a package is installed when its name is in the file `installed`.
DPKG_QUERY = """#!/bin/bash
while read -r name; do
  for wanted in "$@"; do
    [[ $wanted == "$name" ]] && printf '%s installed\\n' "$name"
  done
done <"$FAKE/installed"
exit 0
"""
APT_GET = """#!/bin/bash
echo "apt-get $*" >>"$FAKE/calls"
[[ ! -e $FAKE/broken ]] || { echo 'E: Unable to fetch some archives'; exit 100; }
[[ " $* " != *" install "* ]] || printf '%s\\n' "$@" >>"$FAKE/installed"
[[ " $* " != *" nginx-light "* ]] || printf '#!/bin/sh\\n' >"$FAKE/bin/nginx"
chmod -f 755 "$FAKE/bin/nginx" || true
[[ ! -x $LEARN_POLICY ]] || { "$LEARN_POLICY" nginx start; echo "policy says $?" >>"$FAKE/calls"; }
"""
UPDATE_RC_D = """#!/bin/bash
echo "update-rc.d $*" >>"$FAKE/calls"
"""


def expect(condition, sentence):
    if not condition:
        raise Problem(sentence)


class Machine:
    """A machine with some packages, as far as ./learn can see."""

    def __init__(self, checkout, installed=()):
        self.checkout = checkout
        self.folder = checkout.build.work / "machine"
        remove(self.folder)
        (self.folder / "bin").mkdir(parents=True)
        (self.folder / "installed").write_text("".join(f"{name}\n" for name in installed))
        (self.folder / "calls").touch()
        self.command("dpkg-query", DPKG_QUERY)
        self.command("apt-get", APT_GET)
        self.command("update-rc.d", UPDATE_RC_D)
        self.policy = self.folder / "policy-rc.d"  # the real one stays as it is
        self.path = f"{self.folder}/bin:{os.environ['PATH']}"

    def command(self, name, script):
        file = self.folder / "bin" / name
        file.write_text(script)
        file.chmod(0o755)

    def learn(self, *arguments, **options):
        return self.checkout.learn(
            *arguments,
            env={"PATH": self.path, "FAKE": str(self.folder), "LEARN_POLICY": str(self.policy)},
            **options,
        )

    def only_without(self, name, folder):
        """PATH leads to all of this machine's commands but one."""
        folder.mkdir()
        for path in reversed(os.environ["PATH"].split(":")):
            for file in Path(path).glob("*"):
                (folder / file.name).unlink(missing_ok=True)
                (folder / file.name).symlink_to(file)
        (folder / name).unlink(missing_ok=True)
        self.path = f"{self.folder}/bin:{folder}"

    def only(self, *names):
        """PATH leads to nothing but these commands of the real machine."""
        self.path = str(self.folder / "only")
        os.mkdir(self.path)
        for name in names:
            os.symlink(shutil.which(name), f"{self.path}/{name}")

    @property
    def calls(self):
        return (self.folder / "calls").read_text()


# ── packages ──


def test_missing_packages_are_listed_and_nothing_happens(checkout):
    machine = Machine(checkout)
    said = machine.learn("status").expect(2, *TO_LEARN, "./learn --yes", "apt-get install")
    expect(not machine.calls, f"it called {machine.calls}")
    expect("clang-19" not in said.text, "clang-19 is only needed for ./learn test")


def test_only_what_is_missing_is_listed(checkout):
    machine = Machine(checkout, [name for name in TO_LEARN if name != "libfmt-dev"] +
                      ["libgmock-dev", "pkg-config", "git"])
    machine.learn("status").expect(2, "libfmt-dev", but_not=("libcli11-dev", "ninja-build"))


def test_the_tests_need_more(checkout):
    machine = Machine(checkout, [*TO_LEARN, "libgmock-dev", "pkg-config", "git"])
    for words in (["test"], ["--plain", "test"]):
        machine.learn(*words).expect(2, "clang-19", "libclang-rt-19-dev", "clang-format")
    expect(not machine.calls, f"it called {machine.calls}")


def test_yes_installs_them(checkout):
    machine = Machine(checkout, ["cmake"])
    machine.learn("--yes", "status").expect(0, "Next:")
    expect("install" in machine.calls and "libfmt-dev" in machine.calls, machine.calls)
    expect(" cmake" not in machine.calls, f"cmake was there already: {machine.calls}")
    machine.learn("status").expect(0, "Next:")
    expect(machine.calls.count("apt-get install") == 1, f"it installs again: {machine.calls}")


def test_no_service_is_started(checkout):
    machine = Machine(checkout, [*TO_LEARN, "libgmock-dev", "python3"])
    hide = machine.folder / "hide"  # this machine's nginx
    machine.only_without("nginx", hide)
    machine.learn("--yes", "compare", "--help").expect(0, "usage:")
    expect("policy says 101" in machine.calls, f"nobody forbids it: {machine.calls}")
    expect("update-rc.d nginx disable" in machine.calls, f"it will start: {machine.calls}")
    expect(not machine.policy.exists(), "the policy is left behind")


def test_a_policy_that_is_there_has_the_say(checkout):
    machine = Machine(checkout, [*TO_LEARN, "libgmock-dev", "python3"])
    machine.command("nginx", "#!/bin/sh\n")  # and nginx, which stays enabled
    own = "#!/bin/sh\nexit 0\n"
    machine.policy.write_text(own)
    machine.policy.chmod(0o755)
    machine.learn("--yes", "compare", "--help").expect(0, "usage:")
    expect("policy says 0" in machine.calls, machine.calls)
    expect("update-rc.d" not in machine.calls, f"it disables a service of before: {machine.calls}")
    expect(machine.policy.read_text() == own, "the policy that was there is another one now")


def test_a_failed_installation_says_why(checkout):
    machine = Machine(checkout)
    (machine.folder / "broken").touch()
    machine.learn("--yes", "status").expect(2, "Unable to fetch some archives", "libfmt-dev")


def test_without_apt_the_list_is_said(checkout):
    machine = Machine(checkout)
    machine.only("bash", "dirname", "readlink", "mkdir", "env", "grep", "tail", "cat", "flock")
    machine.learn("status").expect(2, *TO_LEARN)


def test_without_apt_what_is_there_is_used(checkout):
    machine = Machine(checkout)
    machine.only("bash", "dirname", "readlink", "mkdir", "env", "grep", "tail", "cat", "flock",
                 "g++", "cmake", "ninja", "c++", "ld", "as", "ar", "ranlib", "sh")
    machine.learn("status").expect(0, "Next:")


def test_compare_offers_its_peers_and_goes_on_without(checkout):
    machine = Machine(checkout, [*TO_LEARN, "libgmock-dev", "python3", "libuv1-dev"])
    machine.learn("compare", "--help").expect(
        0, "libevent-dev", "librust-tokio-dev", "./learn --yes compare", "usage:",
        but_not=("libuv1-dev",),
    )
    expect(not machine.calls, f"it called {machine.calls}")
    (machine.folder / "broken").touch()
    machine.learn("--yes", "compare", "--help").expect(0, "Going on without them", "usage:")


def test_a_quicker_compiler_is_offered_before_the_coach_is_built(checkout):
    def first_start(*arguments):
        checkout.path("build/dev/bin/coach").unlink()
        return machine.learn(*arguments, "status")

    machine = Machine(checkout, [*TO_LEARN, "libgmock-dev"])
    first_start().expect(0, "clang-19 lld-19", "Going on with g++", "Next:")
    expect(not machine.calls, f"it called {machine.calls}")
    machine.learn("status").expect(0, but_not=("clang-19",))
    (machine.folder / "broken").touch()
    first_start("--yes").expect(0, "Going on without them", "Next:")
    (machine.folder / "broken").unlink()
    first_start("--yes").expect(0, "Installing: clang-19 lld-19", "Next:")


def test_an_old_compiler_is_said(checkout):
    machine = Machine(checkout, [*TO_LEARN, "libgmock-dev", "pkg-config", "git"])
    machine.command("g++", "#!/bin/bash\necho 9.4.0\n")
    machine.learn("status").expect(2, "9.4.0", "12")


# ── building the coach ──


def change(checkout, text):
    """So that it is compiled: what is the same would be taken from the build that we are part of."""
    checkout.path(COACH).write_text(checkout.path(COACH).read_text() + text)


def restore(checkout):
    shutil.copy2(SOURCE / COACH, checkout.path(COACH))
    checkout.path(COACH).touch()


def test_a_coach_that_does_not_compile_is_said(checkout):
    change(checkout, "\nint f() { return nonsense; }\n")
    try:
        checkout.learn("status").expect(2, "text.cpp", "nonsense", "build/learn.log")
    finally:
        restore(checkout)
    checkout.learn("status").expect(0, "Next:")


def test_ctrl_c_while_the_coach_is_built(checkout):
    change(checkout, "// and more\n")
    process = checkout.start("status")
    wait_until("the compiler runs",
               lambda: any("cc1plus" in c for c in processes().values()))
    os.killpg(process.pid, signal.SIGINT)
    finish(process).expect(130, "nothing is lost")
    expect_no_strays()
    checkout.learn("status").expect(0, "Next:")


def test_kill_9_while_the_coach_is_built(checkout):
    change(checkout, "// and more\n")
    process = checkout.start("status")
    wait_until("the compiler runs",
               lambda: any("cc1plus" in c for c in processes().values()))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    wait_until("the compiler ends too", lambda: not processes())
    checkout.learn("status").expect(0, "Next:")


def test_a_coach_that_is_built_waits_for_nobody(checkout):
    checkout.learn("status").expect(0)
    with checkout.path("build/learn.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        checkout.learn("status").expect(0, "Next:", but_not=("waiting for it",))


def test_a_second_learn_waits_for_the_first(checkout):
    change(checkout, "// and more\n")
    with checkout.path("build/learn.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = checkout.start("status")
        time.sleep(1)  # long enough to get somewhere it should not
        expect(process.poll() is None, "it did not wait")
    finish(process).expect(0, "waiting", "Next:")


def test_two_that_build_at_once(checkout):
    change(checkout, "// and more\n")
    both = [checkout.start("status"), checkout.start("status")]
    for process in both:
        finish(process).expect(0, "Next:")


def test_a_broken_configuration_is_mended(checkout):
    """Interrupted while CMake wrote its files."""
    checkout.path("build/dev/build.ninja").unlink()
    checkout.learn("status").expect(0, "Next:")


def test_a_folder_that_cannot_be_written_is_said(checkout):
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return  # another user is needed, or a folder of somebody else
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if os.system(" ".join([*nobody, "test", "-x", f"'{checkout.path('learn')}'"])) != 0:
        return  # the folders above are closed to others
    process = checkout.start("status", prefix=nobody)
    finish(process).expect(2, "cannot be written")


def check(build):
    checkout = Checkout(build)
    try:
        run_all(tests_in(__name__), checkout)
    finally:
        restore(checkout)
        remove(checkout.build.work / "machine")


if __name__ == "__main__":
    sys.exit(main(check, "BUILD"))
