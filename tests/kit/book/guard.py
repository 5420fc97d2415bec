"""Who may ask the book, and for what: a page of it can start compilers."""

import json
import socket

from book_support import LOCAL, Problem, expect, expect_that, main, open_book, workplace

PAGE = "/index.html"
HINT = "/api/hint?item=predict-1a"


def check_token(book):
    for token in (None, "", "0" * 32, book.token[:-1], book.token + "0"):
        expect(book.ask(PAGE, X_Book_Token=token).status, 401, f"a page for the token {token}")
        expect(book.ask(HINT, "POST", X_Book_Token=token, Origin=own(book)).status, 401, "a hint")
    expect(book.ask(f"{PAGE}?token={'0' * 32}", X_Book_Token=None).status, 401, "a wrong address")
    arrival = book.ask(f"{PAGE}?token={book.token}", X_Book_Token=None)
    expect(arrival.status, 200, "the right address")
    expect_that(book.token not in arrival.text, "the token stays in the address")
    cookie = arrival.headers["Set-Cookie"]
    for rule in ("HttpOnly", "SameSite=Strict", "Path=/"):
        expect_that(rule in cookie, f"the cookie {cookie} lacks {rule}")
    pair = cookie.split(";")[0]
    expect(book.ask(PAGE, X_Book_Token=None, Cookie=f"a=b; {pair}").status, 200, "the cookie")
    return pair


def own(book):
    return f"http://{LOCAL}:{book.port}"


def check_host(book):
    """DNS that somebody else owns can lead a name to this machine."""
    for host in (f"evil.example:{book.port}", LOCAL, f"{LOCAL}:1", f"{LOCAL}.example:{book.port}"):
        expect(book.ask(PAGE, Host=host).status, 421, f"Host {host}")
        arrival = book.ask(f"{PAGE}?token={book.token}", X_Book_Token=None, Host=host)
        expect(arrival.status, 421, f"Host {host}, with the token")
    expect(book.ask(PAGE, Host=f"localhost:{book.port}").status, 200, "Host localhost")


def check_origin(book, cookie):
    def hint(**headers):
        return book.ask(HINT, "POST", X_Book_Token=None, Cookie=cookie, **headers).status

    expect(hint(), 403, "a hint for nobody's page")
    for origin in ("http://evil.example", "null", f"https://{LOCAL}:{book.port}", f"http://{LOCAL}"):
        expect(hint(Origin=origin), 403, f"a hint for {origin}")
        expect(book.ask(PAGE, Origin=origin).status, 403, f"a page for {origin}")
    for site in ("cross-site", "same-site"):
        expect(hint(Origin=own(book), Sec_Fetch_Site=site), 403, f"a hint, {site}")
        expect(book.ask(PAGE, Sec_Fetch_Site=site).status, 403, f"a page, {site}")
    expect(hint(Origin=own(book), Sec_Fetch_Site="same-origin"), 200, "a hint for its own page")
    expect(book.ask(HINT).status, 405, "a hint by GET")


def check_rules(book):
    """What a page may do, also one that is no page."""
    for path, token in ((PAGE, book.token), ("/nothing", book.token), (PAGE, None)):
        headers = book.ask(path, X_Book_Token=token).headers
        policy = headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
            expect_that(rule in policy, f"{path}: {policy}")
        expect_that("unsafe" not in policy, policy)
        expect(headers["X-Content-Type-Options"], "nosniff", path)
        expect(headers["Access-Control-Allow-Origin"], None, path)


def check_names(book):
    """What comes in is compared with names that there are; nothing is made of it."""
    before = sorted(book.place.rglob("*"))
    items = ["", "..%2F..%2Fetc%2Fpasswd", "exercises%2F07-tasks%2Faio%2Ftask_base.hpp", "07", "7a",
             "predict-1a%3Btouch+oops", "%24(touch+oops)", "predict-1a%00", "-h"]  # fmt: skip
    for item in items:
        for call in ("hint", "solution", "open", "reset", "predict"):
            expect(book.ask(f"/api/{call}?item={item}", "POST", b"{}").status, 404, f"{call} {item}")
        expect(book.ask(f"/api/events?item={item}").status, 404, f"events {item}")
    for demo in ("lesson=01&program=..%2Fcoach", "lesson=01&program=", "lesson=..&program=hello",
                 "program=hello", "lesson=01&program=hello%3Btouch+oops"):  # fmt: skip
        expect(book.ask(f"/api/demo?{demo}", "POST").status, 404, demo)
    for path in ("/pages/../../../CMakeLists.txt", "/pages/%2e%2e/%2e%2e/CMakeLists.txt",
                 "/fonts/..%2F..%2Fetc%2Fpasswd", "//etc/passwd", "/lessons/07-tasks.html/..",
                 "/.learn/progress.json"):  # fmt: skip
        expect(book.ask(path).status, 404, path)
    for body in (b"", b"[]", b"{}", b'{"answers": 1}', b'{"answers": [1]}', b"\xff"):
        answer = book.ask("/api/predict?item=predict-1a", "POST", body)
        expect(answer.status, 400, f"the prediction {body}")
    much = json.dumps({"answers": ["x" * 100_000]}).encode()
    expect(book.ask("/api/predict?item=predict-1a", "POST", much).status, 413, "a long prediction")
    step = book.ask("/api/predict?item=7.1", "POST", b'{"answers": []}')
    expect(step.status, 404, "a prediction of a step")
    after = [path for path in sorted(book.place.rglob("*")) if ".learn" not in path.parts]
    expect(after, [path for path in before if ".learn" not in path.parts], "files")


def check_listening(book):
    """Other addresses of this machine do not lead here."""
    with socket.socket() as other:
        other.settimeout(5)
        if other.connect_ex(("127.0.0.2", book.port)) == 0:
            raise Problem("it listens at 127.0.0.2, too")


def check(build):
    with workplace(build) as place, open_book(build, place) as book:
        cookie = check_token(book)
        check_host(book)
        check_origin(book, cookie)
        check_rules(book)
        check_names(book)
        check_listening(book)


main(check, "build folder")
