"""Copies of the repository in a build folder, which are brought up to date again and again."""

import filecmp
import shutil

LEFT_OUT = {".git", ".learn", "build", "exercises", "compile_commands.json", "__pycache__"}


def mirror(source, target):
    """Makes `target` equal to `source`. What is the same keeps its time, so that little is built
    again; what is left out of copies stays in them as it is."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = {p.name for p in source.iterdir()} - LEFT_OUT
    for old in target.iterdir():
        if old.name not in wanted | LEFT_OUT:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in wanted:
        if (source / name).is_dir():
            mirror(source / name, target / name)
        elif not (target / name).exists() or not filecmp.cmp(source / name, target / name, False):
            shutil.copy2(source / name, target / name)
            (target / name).touch()
