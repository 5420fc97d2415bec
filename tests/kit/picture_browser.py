"""The picture of the loop in Chromium: stepping, scrubbing, asking who somebody is, predicting, two
runs side by side, in a text, on a phone, in the dark, with the keyboard alone, and as a file that
needs no server. Where Chromium is not installed, that is said."""

import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from kit import SOURCE, Problem, main

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    webdriver = None

LIMIT = 30  # seconds, for anything


@contextmanager
def the_book(program):
    book = subprocess.Popen([program, "--port", "0", "--no-browser"], cwd=SOURCE,
                            stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        yield re.search(r"http\S+", book.stdout.readline())[0]
    finally:
        book.terminate()
        book.wait()


@contextmanager
def browser(folder):
    options = webdriver.ChromeOptions()
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--disable-background-networking", "--no-proxy-server", "--window-size=1300,1000",
        f"--user-data-dir={folder}/profile",
    ):  # fmt: skip
        options.add_argument(flag)
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    try:
        yield driver
    finally:
        driver.quit()


class Page:
    def __init__(self, driver):
        self.driver = driver

    def open(self, address):
        self.driver.get(address)
        return self

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def wait(self, selector):
        WebDriverWait(self.driver, LIMIT).until(lambda _: self.all(selector))
        return self.find(selector)

    def click(self, selector):
        self.driver.execute_script("arguments[0].click()", self.wait(selector))

    def text(self, selector):
        return self.driver.execute_script("return arguments[0].textContent", self.find(selector))

    def step(self):
        return int(self.wait(".loop-player").get_attribute("data-step"))

    def tokens(self, station):
        return [token.text for token in self.all(f".station.{station} .token")]

    def expect(self, actual, expected, what):
        if actual != expected:
            raise Problem(f"{what} is {actual!r}, expected {expected!r}")

    def expect_no_errors(self):
        errors = [entry["message"] for entry in self.driver.get_log("browser")
                  if entry["level"] == "SEVERE" and "favicon" not in entry["message"]]  # fmt: skip
        self.expect(errors, [], "what the browser complains of")


def scrub(page, step):
    page.driver.execute_script(
        "const s = document.querySelector('input[type=range]'); s.value = arguments[0];"
        "s.dispatchEvent(new Event('input'))", step)  # fmt: skip


def open_picture(page, base, name):
    page.open(f"{base}/pictures/{name}.html")
    page.wait(".loop .offer, .loop-player")
    if page.all(".loop .offer"):
        page.click(".loop .offer")
    page.wait(".loop-player")


def check_stepping(page, base):
    open_picture(page, base, "07-turns")
    while page.tokens("run") != ["dinner()"]:
        page.click("[aria-label='One step forwards']")
    page.expect(page.text(".sentence"), "dinner() runs.", "the sentence")
    while len(page.tokens("ready")) < 2:
        page.click("[aria-label='One step forwards']")
    page.expect(page.tokens("ready"), ['cook("soup")', 'cook("fish")'], "the ready queue")
    page.expect("create_task(cook(\"fish\"))" in page.text(".source li.lit"), True, "the lit line")
    before = page.step()
    page.click("[aria-label='One step forwards']")
    page.click("[aria-label='One step back']")
    page.expect(page.step(), before, "the step, there and back")
    page.click("[aria-label='One iteration forwards']")
    page.expect("Iteration 2" in page.text(".sentence"), True, "the next iteration")
    scrub(page, 10_000)
    page.expect(page.text(".printed").splitlines()[-1], "soup is ready", "the last line printed")
    page.expect(len(page.all(".lanes .span.run")) >= 7, True, "lanes are drawn")
    page.expect_no_errors()


def check_who(page, base):
    open_picture(page, base, "07-chat")
    while "upload()" not in page.tokens("timers"):
        page.click("[aria-label='One iteration forwards']")
    page.expect(len(page.all(".timer meter")), 2, "the timers with bars")
    page.driver.execute_script(
        "[...document.querySelectorAll('.timers .token')].find((t) => t.textContent == 'upload()')"
        ".click()")  # fmt: skip
    details = page.text(".details")
    for fact in ("chat.cpp:49", "waits fora sleep", "better_chat()"):
        page.expect(fact in details, True, f"{fact!r} in {details!r}")


def check_prediction(page, base):
    open_picture(page, base, "07-turns")
    page.click(".predict")
    while page.all(".question[hidden]"):
        page.click("[aria-label='One step forwards']")
    at = page.step()
    answers = [button.text for button in page.all(".question .token")]
    page.expect(sorted(answers), sorted(['cook("soup")', 'cook("fish")', "dinner()"]), "the answers")
    page.driver.execute_script(
        "[...document.querySelectorAll('.question .token')]"
        ".find((t) => t.textContent == 'cook(\"soup\")').click()")  # fmt: skip
    page.expect(page.text(".question strong"), "Right.", "the verdict")
    page.expect(page.text(".question .score"), "1 of 1", "the score")
    page.expect(page.step() > at, True, "it goes on")


def check_in_a_text(page, base):
    page.open(f"{base}/lessons/08-gather.html")
    page.click(".loop-figure .offer")
    page.wait("dialog .loop-comparison .pair .loop-player")
    page.click(".compare-head button")
    page.expect(len(page.all(".sentence.differs")), 2, "two runs, where they differ")
    page.find("dialog").send_keys(Keys.ESCAPE)
    WebDriverWait(page.driver, LIMIT).until(lambda _: not page.all("dialog"))
    page.expect_no_errors()


def check_keyboard(page, base):
    open_picture(page, base, "04-two_chains")
    page.driver.execute_script("document.querySelector('.loop-player').focus()")
    at = page.step()
    active = page.driver.switch_to.active_element
    active.send_keys(Keys.ARROW_RIGHT)
    page.expect(page.step() > at, True, "a step by the keyboard")
    active.send_keys(Keys.HOME)
    page.expect(page.step(), 0, "the beginning by the keyboard")
    unnamed = page.driver.execute_script(
        "return [...document.querySelectorAll('.loop-player button, .loop-player select, "
        ".loop-player input')].filter((e) => !(e.getAttribute('aria-label') || e.textContent "
        "|| e.labels?.length)).length")  # fmt: skip
    page.expect(unnamed, 0, "controls without a name")
    page.click(".all summary")
    page.expect(len(page.all(".log li")) > 50, True, "the steps as text")


def check_phone(page, base):
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
        {"width": 375, "height": 812, "deviceScaleFactor": 1, "mobile": True})  # fmt: skip
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})  # fmt: skip
    open_picture(page, base, "12-pieces")
    scrub(page, 150)
    page.expect(page.driver.execute_script("return document.documentElement.scrollWidth"), 375,
                "the width on a phone")  # fmt: skip
    page.expect(page.all(".descriptor") != [], True, "descriptors are drawn")
    paper = page.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    page.expect(max(map(int, re.findall(r"\d+", paper)[:3])) < 60, True, f"{paper} in the dark")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def check_alone(page, base, folder):
    page.open(f"{base}/pictures/07-turns.html")
    text = page.driver.execute_async_script(
        "fetch(arguments[0]).then((r) => r.text()).then(arguments[1])",
        f"{base}/pictures/07-turns.file")  # fmt: skip
    file = Path(folder) / "turns.html"
    file.write_text(text)
    page.open(file.as_uri())
    page.wait(".loop-player")
    scrub(page, 10_000)
    page.expect(page.text(".printed").splitlines()[-1], "soup is ready", "a file's last line")


def check(program):
    if webdriver is None or shutil.which("chromedriver") is None:
        print("chromium-driver or python3-selenium is not installed: nothing is looked at")
        return
    with tempfile.TemporaryDirectory() as folder, the_book(program) as address:
        with browser(folder) as driver:
            page = Page(driver).open(address)
            base = address.split("/?")[0]
            for one in (check_stepping, check_who, check_prediction, check_in_a_text,
                        check_keyboard, check_phone):  # fmt: skip
                one(page, base)
            check_alone(page, base, folder)


main(check, "program")
