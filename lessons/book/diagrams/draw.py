#!/usr/bin/env python3
"""Draws the diagrams of the texts, for maintainers: lessons/book/diagrams/draw.py

The sources are blocks of Mermaid in lessons/*/*.md, where GitHub draws them. Each becomes two
pictures here, light and dark, named after the hash of its source; pictures without a source are
removed. It needs node, and npm fetches beautiful-mermaid into a folder that is removed afterwards.

  draw.py --check   says which pictures are missing, and which have no source any more
"""

import json
import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
LESSONS = HERE.parent.parent
PACKAGE = "beautiful-mermaid@1.1.3"
THEMES = {
    "light": {"bg": "#fdfcf9", "fg": "#22252a", "line": "#5b5f66", "accent": "#9a3412",
              "muted": "#5b5f66", "surface": "#f5f2eb", "border": "#a79f8d"},
    "dark": {"bg": "#191a1d", "fg": "#dcd9d2", "line": "#a3a29c", "accent": "#f0a27a",
             "muted": "#a3a29c", "surface": "#222428", "border": "#6b6d72"},
}  # fmt: skip
PROGRAM = """
import { renderMermaidSVG } from "beautiful-mermaid";
import { readFileSync } from "node:fs";
const { sources, themes } = JSON.parse(readFileSync(0, "utf8"));
const drawn = sources.map((source) => Object.fromEntries(Object.entries(themes).map(
  ([name, colors]) => [name, renderMermaidSVG(source, { ...colors, transparent: true, font: "Caladea" })])));
console.log(JSON.stringify(drawn));
"""


def hash_of(source):
    """FNV-1a, as diagram.cpp has it."""
    value = 0xCBF29CE484222325
    for byte in source.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def diagrams():
    """(name, source, title, description) of each: the heading above it, and the words below it."""
    for file in sorted(LESSONS.glob("*/*.md")):
        text = file.read_text()
        for block in re.finditer(r"^```mermaid\n(.*?)^```\n", text, re.M | re.S):
            headings = re.findall(r"^#+ (.*)$", text[: block.start()], re.M)
            below = text[block.end() :].strip().split("\n\n")[0]
            words = re.sub(r"[`*]|\]\([^)]*\)|\[", "", " ".join(below.split()))
            yield hash_of(block[1]), block[1], headings[-1], words.removeprefix("In words: ")


def picture(svg, title, description):
    """Loads nothing from elsewhere, and says what it shows."""
    svg = re.sub(r"@import url\([^)]*\);?\s*", "", svg)
    svg = svg.replace("'Caladea'", "'Caladea', 'Cambria', 'Georgia'")
    head, rest = svg.split(">", 1)
    told = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return f'{head} role="img">{told}{rest}\n'.replace("\n\n", "\n")


def files_of(name):
    return {theme: HERE / f"{name}.{theme}.svg" for theme in THEMES}


def check():
    wanted = {file.name for name, *_ in diagrams() for file in files_of(name).values()}
    there = {file.name for file in HERE.glob("*.svg")}
    complaints = [f"{name} is missing" for name in sorted(wanted - there)]
    complaints += [f"{name} has no source any more" for name in sorted(there - wanted)]
    for file in HERE.glob("*.svg"):
        text = file.read_text()
        if "@import" in text or "<script" in text or "<title>" not in text or "<desc>" not in text:
            complaints.append(f"{file.name} loads something, or does not say what it shows")
    if complaints:
        print(*complaints, "Draw them: lessons/book/diagrams/draw.py", sep="\n")
    return 1 if complaints else 0


def draw():
    wanted = list(diagrams())
    with tempfile.TemporaryDirectory() as folder:
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", PACKAGE]
        subprocess.run(npm, cwd=folder, check=True)
        Path(folder, "draw.mjs").write_text(PROGRAM)
        sent = json.dumps({"sources": [source for _, source, *_ in wanted], "themes": THEMES})
        drawn = json.loads(
            subprocess.run(["node", "draw.mjs"], cwd=folder, check=True, text=True, input=sent,
                           stdout=subprocess.PIPE).stdout)  # fmt: skip
    for file in HERE.glob("*.svg"):
        file.unlink()
    for (name, _, title, description), pictures in zip(wanted, drawn):
        for theme, file in files_of(name).items():
            file.write_text(picture(pictures[theme], title, description))
    print(f"{len(wanted)} diagrams, light and dark")


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv else draw())
