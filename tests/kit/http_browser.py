"""Chromium loads a page from our server and draws what comes by its WebSocket and by its events,
whose connection ends and is made again. What is not installed is left out, and named."""

import time

from http_support import LIMIT, LOCAL, expect, folder, having, our_server
from kit import main

MESSAGES = ["one", "Grüße", "xxxxxxxxxx"]
EVENTS = [f"event {i}" for i in range(1, 7)]


def check_browser(program):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with folder() as profile, our_server(program) as (port,):
        for flag in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--no-proxy-server", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(flag)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            driver.get(f"http://{LOCAL}:{port}/page")
            expect(driver.title, "drawn", "the page is called")
            expect(lines(driver, "messages", 3), MESSAGES, "the page draws of the WebSocket")
            expect(lines(driver, "events", 6), EVENTS, "the page draws of the events")
            problems = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            expect(problems, [], "the browser complains of")
        finally:
            driver.quit()


def lines(driver, name, count):
    """What has been drawn when there are so many lines, or never will be."""
    found = []
    until = time.monotonic() + LIMIT / 3
    while len(found) < count and time.monotonic() < until:
        elements = driver.find_elements("css selector", f"#{name} li")
        found = [element.text for element in elements]
        time.sleep(0.02)
    return found


def check(program):
    having(("chromedriver", lambda: having(("selenium", lambda: check_browser(program)))))


main(check, "program")
