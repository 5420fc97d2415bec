"""What the checks of the book share: a place where a learner works, made of links to the kit and of
pristine exercises, and the book that is open there."""

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit import SOURCE, Problem, call, main  # noqa: E402, F401

LOCAL = "127.0.0.1"
LIMIT = 120  # seconds, for what takes one or two
LINKED = ["CMakeLists.txt", "CMakePresets.json", "bench", "lessons", "runtime", "solutions", "tests"]


def expect(got, wanted, what):
    if got != wanted:
        raise Problem(f"{what}: {got!r}, not {wanted!r}")


def expect_that(holds, what):
    if not holds:
        raise Problem(what)


@contextlib.contextmanager
def workplace(build):
    """A folder as a learner has it."""
    with tempfile.TemporaryDirectory(prefix="loopwright-") as name:
        place = Path(name)
        for linked in LINKED:
            (place / linked).symlink_to(SOURCE / linked)
        (place / "build").mkdir()
        (place / "build/dev").symlink_to(Path(build).resolve())
        coach = Path(build, "bin/coach").resolve()
        call([coach, "starters", "--out", place / "exercises"], cwd=SOURCE)
        yield place


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Book:
    """A book that is open."""

    def __init__(self, place, server):
        self.place, self.server = place, server
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=([0-9a-f]{32})\b", line)
        expect_that(found, f"the book says {line!r}")
        self.address, self.port, self.token = found[0], int(found[1]), found[2]

    def ask(self, path, method="GET", body=None, **headers):
        """As the book's own pages ask; `headers` with _ for -, None: without it."""
        sent = {"X-Book-Token": self.token} | {k.replace("_", "-"): v for k, v in headers.items()}
        connection = http.client.HTTPConnection(LOCAL, self.port, timeout=LIMIT)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host="Host" in sent)
            if method == "POST":
                sent["Content-Length"] = str(len(body or b""))
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def page(self, path):
        answer = self.ask(path)
        expect(answer.status, 200, path)
        return answer.text

    @contextlib.contextmanager
    def events(self, item):
        """What happens to an exercise: an iterator of what the events hold."""
        connection = http.client.HTTPConnection(LOCAL, self.port, timeout=LIMIT)
        with contextlib.closing(connection):
            address = f"/api/events?item={item}"
            connection.request("GET", address, headers={"X-Book-Token": self.token})
            yield standings(connection.getresponse())

    @property
    def memory(self):
        """Resident, in MB."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1000


def standings(response):
    for line in response:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def until_checked(events):
    """The first standing that is a verdict."""
    return next(event for event in events if not event["checking"])


@contextlib.contextmanager
def open_book(build, place):
    """The book in that place. Interrupted, it has to end well."""
    program = Path(build, "bin/book").resolve()
    server = subprocess.Popen(
        [program, "--port", "0", "--no-browser"], cwd=place, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Book(place, server)
        server.send_signal(signal.SIGINT)
        expect(server.wait(LIMIT), 0, "the book ends with")
    finally:
        server.kill()
        server.communicate()


class Reading(HTMLParser):
    """What a page links to, loads, and names; and what it must not have."""

    def __init__(self, html):
        super().__init__()
        self.links, self.loads, self.ids, self.headings, self.faults = [], [], [], [], []
        self.title = ""
        self.inside = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.inside = tag
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form" and "action" in given:
            self.links.append(given["action"])
        if tag in ("img", "script") and "src" in given:
            self.loads.append(given["src"])
        if tag == "link":
            self.loads.append(given["href"])
        if tag == "img" and not given.get("alt"):
            self.faults.append("a picture without words")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"a style or script in <{tag}>")
        if tag == "script" and "src" not in given:
            self.faults.append("a script in the page")

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data

    def handle_endtag(self, tag):
        self.inside = None


def resolved(path, link):
    """(address, anchor) of a link on a page; the address is None when it leads elsewhere."""
    parts = urlsplit(urljoin(f"http://book{path}", link))
    inside = parts.scheme == "http" and parts.netloc == "book"
    return (parts.path if inside else None, parts.fragment)


def crawl(get):
    """All pages that can be reached, by their addresses. `get(path)` gives (type, text), or None if
    there is nothing. Raises Problem with all links that lead nowhere."""
    pages, others, broken = {}, set(), []
    waiting = ["/index.html"]
    while waiting:
        path = waiting.pop()
        if path in pages or path in others:
            continue
        got = get(path)
        if got is None:
            broken.append(path)
            others.add(path)
            continue
        kind, text = got
        if not kind.startswith("text/html"):
            others.add(path)
            if kind.startswith("text/css"):
                waiting += [resolved(path, url)[0] for url in re.findall(r'url\("([^"]+)"\)', text)]
            continue
        pages[path] = Reading(text)
        for link in pages[path].links + pages[path].loads:
            address, _ = resolved(path, link)
            if address is not None:
                waiting.append(address)
    for path, page in pages.items():
        for link in page.links:
            address, anchor = resolved(path, link)
            if anchor and address in pages and anchor not in pages[address].ids:
                broken.append(f"{path} → {link}")
    expect(broken, [], "links that lead nowhere")
    return pages, others


def wait_until(holds, what):
    until = time.monotonic() + LIMIT
    while not holds():
        if time.monotonic() > until:
            raise Problem(f"{what} does not come")
        time.sleep(0.05)
