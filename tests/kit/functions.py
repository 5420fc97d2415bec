"""Finds the functions in C++ sources of this house: where each begins, its head, its body.

A function is known by its head and by the classes around it, never by its place, so it is found
again when it has moved. It's no parser of C++: it knows what clang-format makes of our sources."""

import re
from dataclasses import dataclass

LITERAL_OR_COMMENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![\w'])'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:\\\n|[^\n])*",
    re.S | re.M,
)
TAG = re.compile(r"^[ \t]*//: (\S+) (.+)$", re.M)
REQUIRES = re.compile(r"\brequires\b")
ACCESS = re.compile(r"\s*(?:public|private|protected)\s*:(?!:)")
TEMPLATE = re.compile(r"\s*template\s*<")
CLASS = re.compile(
    r"\s*(?:typedef\s+)?(?:class|struct|union)\s+(?:\[\[.*?\]\]\s*)?"
    r"([\w:]+(?:<[^(){}]*>)?(?:::\w+)*)"
)


def only_code(source):
    """The source with blanks in place of comments, literals and directives; places stay the same."""
    return LITERAL_OR_COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), source)


def normal(code):
    """Code without differences of layout."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([^\w\s])\s*", r"\1", code)).strip()


@dataclass
class Function:
    source: str
    classes: tuple  # around it, outermost first
    begin: int  # of its head
    open: int  # the brace that opens its body
    close: int  # the brace that closes it
    body_begin: int  # open, or the colon of a constructor's initialisers

    @property
    def head(self):
        return normal(only_code_of(self.source)[self.begin : self.body_begin])

    @property
    def body(self):
        """From `{` to `}`."""
        return self.source[self.open : self.close + 1]

    @property
    def initialisers(self):
        return normal(self.source[self.body_begin : self.open])

    @property
    def text(self):
        return self.source[self.begin : self.close + 1]

    @property
    def key(self):
        return self.classes, self.head

    @property
    def name(self):
        return "::".join((*self.classes, self.head))


_codes = {}


def only_code_of(source):
    if source not in _codes:
        _codes[source] = only_code(source)
    return _codes[source]


def closing(code, at, pair):
    """The place of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        if code[i] == pair[0]:
            depth += 1
        elif code[i] == pair[1]:
            depth -= 1
            if depth == 0:
                return i
    raise ValueError(f"nothing closes {code[at:at + 40]!r}")


def behind_template(code, at):
    """Behind `template <…>`, as often as it stands there, and behind a requires-clause."""
    while found := TEMPLATE.match(code, at):
        at = closing(code, found.end() - 1, "<>") + 1
    return at


class Scan:
    def __init__(self, source):
        self.source, self.code = source, only_code_of(source)
        self.found = []

    def scope(self, at, end, classes):
        """The declarations between two places."""
        while True:
            while at < end and self.code[at].isspace() or at < end and self.code[at] in ";}":
                at += 1
            if at >= end:
                return
            if access := ACCESS.match(self.code, at):
                at = access.end()
                continue
            at = self.declaration(at, end, classes)

    def declaration(self, begin, end, classes):
        """Takes one declaration; returns the place behind it."""
        code = self.code
        text = behind_template(code, begin)
        if re.compile(r"\s*(?:inline\s+)?namespace\b|\s*extern\s*\{").match(code, text):
            brace = code.index("{", text)
            if ";" not in code[text:brace]:
                close = closing(code, brace, "{}")
                self.scope(brace + 1, close, classes)
                return close + 1
        return self.rest(begin, text, end, classes)

    def rest(self, begin, text, end, classes):
        code, at, parameters, colon, initialised = self.code, text, False, None, False
        requires = False
        while at < end:
            c = code[at]
            if c == "(" or c == "[":
                close = closing(code, at, "()" if c == "(" else "[]")
                parameters = parameters or (c == "(" and not requires)
                at = close + 1
                continue
            if not initialised and REQUIRES.match(code, at):
                at, requires = self.behind_requires(at), False
                continue
            if c == ";":
                return at + 1
            if c == "=" and code[at - 1] not in "=!<>" and code[at + 1] != "=" and not self.operator(at):
                initialised = True
            if c == ":" and code[at + 1] != ":" and code[at - 1] != ":" and parameters:
                colon = colon or at
            if c == "{":
                close = closing(code, at, "{}")
                head = code[text:at]
                named = CLASS.match(code, self.behind_constraint(text))
                if named and not parameters and not initialised:
                    self.scope(at + 1, close, (*classes, normal(named[1])))
                    return close + 1
                member = colon is not None and re.search(r"[\w>]\s*$", code[colon:at])
                if parameters and not initialised and not member:
                    self.found.append(
                        Function(self.source, classes, begin, at, close, colon or at)
                    )
                    return close + 1
                at = close + 1
                continue
            at += 1
        return end

    def operator(self, at):
        return re.search(r"operator\s*[-+*/%&|^=!<>]*$", self.code[:at]) is not None

    def behind_constraint(self, at):
        word = re.compile(r"\s*requires\b").match(self.code, at)
        return self.behind_requires(word.end() - 8) if word else at

    def behind_requires(self, at):
        """Behind `requires C<T> && (…) && requires(…) {…}`, where the declaration goes on."""
        code, at = self.code, at + len("requires")
        while True:
            m = re.compile(r"\s*(?:!\s*)?").match(code, at)
            at = m.end()
            if code[at] == "(":
                at = closing(code, at, "()") + 1
            elif code.startswith("requires", at):
                at += len("requires")
                m = re.compile(r"\s*").match(code, at)
                at = m.end()
                if code[at] == "(":
                    at = closing(code, at, "()") + 1
                at = closing(code, code.index("{", at), "{}") + 1
            else:
                at = re.compile(r"[\w:]+").match(code, at).end()
                while code[at] in "<(:":
                    if code[at] == ":":
                        at = re.compile(r"[\w:]+").match(code, at).end()
                        continue
                    at = closing(code, at, "<>" if code[at] == "<" else "()") + 1
            joined = re.compile(r"\s*(?:&&|\|\|)").match(code, at)
            if not joined:
                return at
            at = joined.end()


def functions_of(source):
    """The functions that are defined in a source, in order."""
    scan = Scan(source)
    scan.scope(0, len(source), ())
    return scan.found


def tag_of(function):
    """(id, text) of the tag above a function, if it has one."""
    above = function.source[: function.begin].rstrip("\n").rsplit("\n", 1)[-1]
    found = TAG.fullmatch(above)
    return (found[1], found[2]) if found else None
