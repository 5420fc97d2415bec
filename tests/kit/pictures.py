"""The book's picture of the loop is right for the recordings that come with it: what is drawn is
tested with node, without a browser. Where node is not installed, that is said."""

import shutil

from kit import SOURCE, Problem, call, main


def check():
    node = shutil.which("node")
    if node is None:
        print("node is not installed: the pictures are not tested")
        return
    said = call([node, "--test", SOURCE / "tests/kit/pictures.mjs"])
    if "# fail 0" not in said:
        raise Problem(said[-3000:])
    print(next(line for line in said.splitlines() if line.startswith("# pass")))


main(check)
