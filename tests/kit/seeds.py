"""Runs the suites named Seeded_… under many shuffle seeds (50; LOOPWRIGHT_SEEDS changes it): what
must not depend on the order of ready callbacks holds in each."""

import os
import subprocess

from kit import Problem, main


def check(program):
    seeds = int(os.environ.get("LOOPWRIGHT_SEEDS", 50))
    for seed in range(1, seeds + 1):
        done = subprocess.run(
            [program, "--gtest_filter=Seeded_*"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=dict(os.environ, LOOPWRIGHT_SEED=str(seed)),
        )
        if done.returncode != 0:
            raise Problem(f"LOOPWRIGHT_SEED={seed} fails, and replays it:\n{done.stdout}")
    print(f"{seeds} seeds pass")


main(check, "PROGRAM")
