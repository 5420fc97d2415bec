"""The book in Chromium, as a reader uses it: opens, reads, searches, predicts, saves a file, on a
wide screen and on a phone, in the dark, with the keyboard alone; and axe-core looks for barriers.
What is not installed is left out, and named."""

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from book_support import (
    LOCAL, Problem, expect, expect_that, main, open_book, wait_until, workplace,
)  # fmt: skip

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from http_support import having  # noqa: E402

ITEM = "predict-1a"
AXE = "axe-core@4.10.2"
PAGES = ["/index.html", "/lessons/07-tasks.html", f"/exercises/{ITEM}.html", "/exercises/7.1.html",
         "/solutions/01-waiting.html", "/glossary.html", "/search.html?q=task"]  # fmt: skip


class Browser:
    def __init__(self, driver, book):
        self.driver, self.book = driver, book
        driver.get(book.address)
        wait_until(lambda: driver.title == "Loopwright – Loopwright", "the first page")

    def open(self, path):
        self.driver.get(f"http://{LOCAL}:{self.book.port}{path}")

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def one(self, selector):
        return self.driver.find_element("css selector", selector)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def wait(self, script, what):
        wait_until(lambda: self.run(f"return {script}"), what)

    def click(self, element):
        """In the middle of the window, where no row at the top hides it."""
        self.run("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    def width(self, pixels):
        size = {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": pixels < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def scheme(self, name):
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(key)
        chain.perform()


@contextlib.contextmanager
def chromium(book):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--force-prefers-reduced-motion",
            "--disable-background-networking", "--no-proxy-server", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(flag)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            yield Browser(driver, book)
            said = [entry["message"] for entry in driver.get_log("browser")]
            expect(said, [], "the browser complains of")
        finally:
            driver.quit()


def check_reading(browser):
    """From the contents to a lesson, to its twin in Python, and on."""
    browser.open("/index.html")
    browser.click(browser.one("a.button"))
    browser.wait("location.pathname === '/lessons/01-waiting.html'", "the first lesson")
    expect(browser.run("return document.querySelectorAll('button.copy[hidden]').length"), 0, "copy")
    tabs = browser.all("[role=tab]")
    expect([tab.text for tab in tabs[:2]], ["C++", "Python"], "the tabs")
    for place, shown in ((1, [True, False]), (0, [False, True])):
        browser.click(tabs[place])
        panels = browser.run("return [...document.querySelector('.twins').querySelectorAll("
                             "'[role=tabpanel]')].map((panel) => panel.hidden)")  # fmt: skip
        expect(panels, shown, f"what tab {place} hides")
    fonts = browser.run("return document.fonts.ready.then(() => [...document.fonts].filter("
                        "(font) => font.status === 'loaded').map((font) => font.family))")  # fmt: skip
    expect_that("Caladea" in fonts and "Hack" in fonts, f"fonts that came: {fonts}")
    run = browser.one("button.run")
    browser.run("arguments[0].dataset.program = 'total_time'", run)  # not before it is predicted
    browser.click(run)
    browser.wait("document.querySelector('.output')?.innerText.includes('predict-1a')", "an output")
    browser.click(browser.one("a.next"))
    browser.wait("location.pathname === '/lessons/02-epoll.html'", "the second lesson")


def check_search(browser):
    browser.one(".find input").send_keys("edge-triggered\n")
    browser.wait("location.pathname === '/search.html'", "the search")
    browser.wait("document.querySelectorAll('#found li').length > 0", "what was found")
    first = browser.one("#found a")
    expect_that("mark" in browser.one("#found li").get_attribute("innerHTML"), "no word is marked")
    browser.click(first)
    browser.wait("location.hash.length > 1", "the section that was found")
    expect_that(browser.run("return document.querySelector(location.hash) !== null"), "no section")
    browser.open("/search.html?q=nobodywroteth1s")
    browser.wait("document.getElementById('count').textContent !== ''", "an answer")
    expect(browser.text("#count"), "Nothing has all these words.", "what is found of nothing")


def check_prediction(browser, build):
    """Typed into the page, and saved by an editor."""
    browser.open(f"/exercises/{ITEM}.html")
    browser.wait("document.getElementById('verdict').innerText.includes('not started')", "a verdict")
    for field in browser.all("#prediction input"):
        field.send_keys("77")
    browser.click(browser.one("#prediction button"))
    browser.wait("document.getElementById('verdict').innerText.includes('fails')", "a failure")
    expect(browser.text("#sentence").strip(), f"{ITEM} fails.", "what is read out")
    browser.click(browser.one("#hint"))
    browser.wait("document.querySelectorAll('#hints li').length === 1", "a hint")

    sheet = browser.book.place / f"exercises/01-waiting/{ITEM}.txt"
    program = f"{build}/bin/01-total_time"
    truth = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    answers = iter(truth.split("\n"))
    lines = [next(answers) if line == "77" else line for line in sheet.read_text().split("\n")]
    sheet.write_text("\n".join(lines))
    browser.wait("document.body.dataset.standing === 'done'", "the verdict on what was saved")
    expect_that(browser.all("#states li.done"), "the list shows no pass")
    browser.open("/solutions/01-waiting.html")
    expect(browser.all(f"#{ITEM} button.spoil"), [], "an answer that is open")
    other = browser.one("button.spoil")
    browser.click(other)
    browser.wait("document.querySelectorAll('section.answer pre').length > 0", "an answer")


def check_widths(browser):
    """Nothing is cut off, and nothing has to be moved sideways."""
    browser.width(375)
    for path in PAGES:
        browser.open(path)
        width = browser.run("return document.documentElement.scrollWidth")
        expect_that(width <= 375, f"{path} is {width} pixels wide on a phone of 375")
        size = browser.run("return parseFloat(getComputedStyle(document.body).fontSize)")
        expect_that(size >= 16, f"{path} has letters of {size} pixels")
    browser.width(1280)


def check_dark(browser):
    def brightness():
        color = browser.run("return getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in color[4:-1].split(","))

    browser.scheme("dark")
    browser.open("/lessons/07-tasks.html")
    expect_that(brightness() < 200, "the page is light in the dark")
    shown = browser.run("return [...document.querySelector('.diagram').children].map("
                        "(picture) => getComputedStyle(picture).display !== 'none')")  # fmt: skip
    expect(shown, [False, True], "the pictures that are shown, light and dark")
    browser.click(browser.one("#theme"))
    browser.open("/index.html")
    expect_that(brightness() > 600, "the choice of light pages is not remembered")
    browser.scheme("light")
    browser.run("localStorage.clear()")


def check_keyboard(browser):
    from selenium.webdriver.common.keys import Keys

    browser.open("/lessons/01-waiting.html")
    browser.press(Keys.TAB)
    expect(browser.run("return document.activeElement.className"), "skip", "the first stop")
    browser.press(Keys.ENTER)
    expect(browser.run("return location.hash"), "#main", "the way to the text")
    first = browser.one("[role=tab]")
    browser.run("arguments[0].focus()", first)
    browser.press(Keys.ARROW_RIGHT)
    selected = browser.run("return document.querySelector('[aria-selected=true]').textContent")
    expect(selected, "Python", "the tab that the arrow chooses")
    unseen = browser.run("""
      const seen = [];
      for (const one of document.querySelectorAll("a[href], button, input, summary, pre")) {
        if (one.closest("[hidden]") || !one.checkVisibility()) continue;
        one.focus({ preventScroll: true });
        if (document.activeElement !== one) seen.push(one.outerHTML.slice(0, 80));
      }
      return seen;""")
    expect(unseen, [], "what the keyboard does not come to")
    browser.run("document.querySelector('.brand').focus()")
    browser.press(Keys.TAB)
    outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle")
    expect(outline, "solid", "the sign of what has the focus")


def check_barriers(browser):
    """axe-core, by the rules of WCAG 2.1 AA; npm has it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", AXE]
        try:
            subprocess.run(command, cwd=folder, check=True, timeout=60, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            return print("axe-core is left out: npm or its registry is not there")
        axe = Path(folder, "node_modules/axe-core/axe.min.js").read_text()
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        for path in PAGES:
            browser.open(path)
            expect(violations(browser, axe), [], f"barriers in {path}, {scheme}")
    browser.scheme("light")
    print("axe-core finds no barriers")


def violations(browser, axe):
    run = """
      const done = arguments[arguments.length - 1];
      axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
        .then((result) => done(result.violations.map((one) =>
          `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`)));"""
    # Not by a <script>, which the book's own rules forbid.
    browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    return browser.driver.execute_async_script(run)


def check_book(build):
    with workplace(build) as place, open_book(build, place) as book, chromium(book) as browser:
        browser.width(1280)
        check_reading(browser)
        check_search(browser)
        check_widths(browser)
        check_dark(browser)
        check_keyboard(browser)
        check_prediction(browser, build)
        check_barriers(browser)


def check(build):
    having(("chromedriver", lambda: having(("selenium", lambda: check_book(build)))))


main(check, "build folder")
