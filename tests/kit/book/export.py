"""The copy of the book: all its links lead somewhere, it fetches nothing from elsewhere, no page is
heavy, and nobody's progress is in it."""

import json
import subprocess
import tempfile
from pathlib import Path

from book_support import crawl, expect, expect_that, main, resolved, workplace

MOST = 500_000  # bytes, of a page with all that it loads
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def check_links(copy):
    def get(path):
        file = copy / path[1:]
        if not file.is_file():
            return None
        kind = TYPES.get(file.suffix, "other")
        return kind, file.read_text() if kind != "other" else ""

    pages, others = crawl(get)
    there = {"/" + str(file.relative_to(copy)) for file in copy.rglob("*") if file.is_file()}
    found = set(pages) | others
    unused = {path for path in there - found if not path.endswith((".js", ".json"))}
    expect(unused, set(), "files that no page leads to")
    return pages


def check_weight(copy, pages):
    fonts = sum(file.stat().st_size for file in (copy / "fonts").iterdir() if file.suffix == ".ttf")
    fonts += (copy / "fonts/hack-regular-subset.woff2").stat().st_size
    for path, page in pages.items():
        loaded = {resolved(path, link)[0] for link in page.loads} | {path}
        if path == "/search.html":
            loaded.add("/search.json")
        dark = {name for name in loaded if name.endswith(".dark.svg")}
        size = sum((copy / name[1:]).stat().st_size for name in loaded - dark) + fonts
        expect_that(size <= MOST, f"{path} weighs {size} bytes")


def check_content(copy, pages):
    for path, page in pages.items():
        if not path.endswith(".alone.html"):  # which has all that it needs in its file
            expect(page.faults, [], path)
        elsewhere = [link for link in page.loads if resolved(path, link)[0] is None]
        expect(elsewhere, [], f"{path} loads from elsewhere")
        text = (copy / path[1:]).read_text()
        for mark in ("✓ passed", "data-live=\"yes\"", "token=", "<progress", 'id="prediction"'):
            expect_that(mark not in text, f"{path} has {mark}")
    index = json.loads((copy / "search.json").read_text())
    for text in index:
        for slug, *_ in text["sections"]:
            expect_that(slug in pages["/" + text["address"]].ids, f"{text['address']}#{slug}")


def check(build):
    program = Path(build, "bin/book").resolve()
    with workplace(build) as place, tempfile.TemporaryDirectory() as folder:
        (place / ".learn").mkdir()
        passed = {"passed": True, "failures": 0, "hints": 3, "last_work": ""}
        record = {"version": 1, "items": {"predict-1a": passed}}
        (place / ".learn/progress.json").write_text(json.dumps(record))
        copy = Path(folder, "a copy")
        subprocess.run([program, "--export", copy], cwd=place, check=True, capture_output=True)
        pages = check_links(copy)
        check_weight(copy, pages)
        check_content(copy, pages)
        print(f"{len(pages)} pages")


main(check, "build folder")
