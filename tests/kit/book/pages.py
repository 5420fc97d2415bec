"""The book without a browser: every page is there and in order, and what one does on the page of an
exercise comes to the learner's files, and back."""

import json
import subprocess

from book_support import (
    Problem, crawl, expect, expect_that, main, open_book, until_checked, workplace,
)  # fmt: skip

ITEM, PROGRAM = "predict-1a", "01-total_time"
SHEET = f"exercises/01-waiting/{ITEM}.txt"
MOST_MEMORY = 50  # MB


def check_pages(book):
    def get(path):
        answer = book.ask(path)
        kind = answer.headers["Content-Type"]
        text = answer.text if kind.startswith("text/") else ""
        return (kind, text) if answer.status == 200 else None

    pages, _ = crawl(get)
    expect_that(len(pages) > 100, f"only {len(pages)} pages can be reached")
    titles = {}
    for path, page in pages.items():
        if path.endswith(".alone.html"):
            continue  # a picture that has all that it needs in its file
        expect(page.faults, [], path)
        expect(page.headings.count(1), 1, f"headings of the first level in {path}")
        twice = {name for name in page.ids if page.ids.count(name) > 1}
        expect(twice, set(), f"ids that {path} has twice")
        expect_that(page.title not in titles, f"{path} and {titles.get(page.title)}: {page.title}")
        titles[page.title] = path


def check_hints(book):
    record = book.place / ".learn/progress.json"
    opened = [book.ask(f"/api/hint?item={ITEM}", "POST").json for _ in range(4)]
    expect([one["open"] for one in opened], [1, 2, 3, 3], "hints that are open")
    expect(json.loads(record.read_text())["items"][ITEM]["hints"], 3, "hints that are remembered")
    expect(book.page(f"/exercises/{ITEM}.html").count("<li><p>"), 3, "hints on the page")


def check_answer(book):
    reason = "A coroutine"  # its reasons begin so, or there would be nothing to hide
    answer = book.ask(f"/api/solution?item={ITEM}", "POST").json["html"]
    expect_that(len(answer) > 200, f"the answer of {ITEM} is {answer!r} ({reason})")
    page = book.page("/solutions/01-waiting.html")
    expect_that(answer[:200] not in page, "an answer is shown before its exercise passes")


def truth(build):
    """What the program prints, which are the right answers."""
    call = [f"{build}/bin/{PROGRAM}"]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def predict(book, answers):
    body = json.dumps({"answers": answers}).encode()
    return book.ask(f"/api/predict?item={ITEM}", "POST", body)


def check_prediction(book, build):
    sheet = book.place / SHEET
    pristine = sheet.read_text()
    with book.events(ITEM) as events:
        first = until_checked(events)
        expect(first["sentence"], f"{ITEM} not started.", "an exercise that nobody has begun")
        wrong = ["# 99", "a\nb", "<script>", "", "$(touch oops)"]
        expect(predict(book, wrong).status, 200, "a prediction")
        verdict = until_checked(events)
        expect(verdict["sentence"], f"{ITEM} fails.", "a wrong prediction")
        expect_that("Your answer 1 says &quot;99&quot;" in verdict["verdict"], verdict["verdict"])
        expect(answers_in(sheet), ["99", "a", "<script>", "$(touch oops)"], "the sheet")
        expect_that(book.memory < MOST_MEMORY, f"the book needs {book.memory} MB")

        lines = pristine.split("\n")
        for number, answer in enumerate(truth(build), start=1):
            at = next(i for i, line in enumerate(lines) if line.startswith(f"# {number}. "))
            at = next(i for i in range(at, len(lines)) if lines[i] == "")
            lines[at] = answer
        sheet.write_text("\n".join(lines))  # as an editor saves
        verdict = until_checked(events)
        expect(verdict["passed"], True, f"the right prediction: {verdict['verdict']}")
    expect_that("✓ passed" in book.page("/lessons/01-waiting.html"), "the lesson shows no pass")
    expect_that("Show it all the same" in book.page("/solutions/01-waiting.html"), "all is open")
    progress = json.loads((book.place / ".learn/progress.json").read_text())
    expect(progress["items"][ITEM]["passed"], True, "what is remembered")


def check_demo(book):
    """What is to be predicted first is not run, and that is said."""
    answer = book.ask("/api/demo?lesson=01&program=total_time", "POST").json
    expect_that(ITEM in answer["output"] and answer["status"] != 0, f"a demo says {answer}")


def answers_in(sheet):
    return [line for line in sheet.read_text().split("\n") if line and not line.startswith("#")]


def check(build):
    with workplace(build) as place, open_book(build, place) as book:
        check_pages(book)
        check_hints(book)
        check_demo(book)
        check_answer(book)
        check_prediction(book, build)


main(check, "build folder")
