"""What others did on this machine while a program was measured."""

import os
import resource
import time

TOO_MUCH = 0.1  # of a core, for as long as the measurement took
_TICKS = os.sysconf("SC_CLK_TCK")


class Disturbance:
    """`others` is the time that other programs, and other machines on the same processor, took from
    all cores together, in cores: 0.5 is half a core. It is known at the end of the `with`."""

    def __enter__(self):
        self._start = time.monotonic()
        self._before = _taken() - _ours()
        return self

    def __exit__(self, *error):
        took = time.monotonic() - self._start
        taken = _taken() - _ours() - self._before
        self.others = max(0.0, taken / took)

    @property
    def is_too_much(self):
        return self.others > TOO_MUCH


def _taken():
    """Seconds on all cores, without those in interrupts, which nobody is charged for."""
    with open("/proc/stat") as lines:
        user, nice, system, _, _, _, _, steal = map(int, lines.readline().split()[1:9])
    return (user + nice + system + steal) / _TICKS


def _ours():
    """Seconds of this program and of all that it has started and waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    return sum(one.ru_utime + one.ru_stime for one in used)
