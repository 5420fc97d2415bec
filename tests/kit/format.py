"""What we write is formatted by clang-format 14; what learners write is theirs."""

from kit import SOURCE, call, main


def check(clang_format):
    files = []
    for folder in ("runtime", "lessons", "solutions", "tests", "bench"):
        files += sorted((SOURCE / folder).rglob("*.[hc]pp"))
    call([clang_format, "--dry-run", "-Werror", *files])
    print(f"{len(files)} files are formatted")


main(check, "CLANG-FORMAT")
