"""What must not compile is refused, and the message says what to write instead. Each program of
tests/kit/refused/ holds cases: `#if CASE == N`, with `// refused: TEXT` or `// fine` beside it. For
a compiler without the fault that a case is about, all of them are fine."""

import re
import subprocess

from kit import SOURCE, Problem, main

CASE = re.compile(r"^#(?:el)?if CASE == (\d+)  // (?:refused: (.+)|fine)$", re.M)


def compile_case(compiler, program, case, faulty):
    command = [compiler, "-std=gnu++2b", "-fsyntax-only", "-I", SOURCE / "runtime"]
    defines = [f"-DCASE={case}", f"-DAIO_DESTROYS_TWICE={faulty}"]
    return subprocess.run(
        [*command, *defines, program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def check_case(compiler, program, case, refused):
    done = compile_case(compiler, program, case, faulty=1)
    if refused and (done.returncode == 0 or refused not in done.stdout):
        raise Problem(f"{program.name}, case {case}: not refused with “{refused}”\n{done.stdout}")
    if refused:
        done = compile_case(compiler, program, case, faulty=0)
    if done.returncode != 0:
        raise Problem(f"{program.name}, case {case} is fine, but refused:\n{done.stdout}")
    print(f"{program.stem} {case}: {'refused where it must be' if refused else 'fine'}")


def check(compiler):
    for program in sorted((SOURCE / "tests/kit/refused").glob("*.cpp")):
        cases = CASE.findall(program.read_text())
        if not cases:
            raise Problem(f"{program.name} has no cases")
        for case, refused in cases:
            check_case(compiler, program, case, refused)


main(check, "COMPILER")
