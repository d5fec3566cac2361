"""Reading pages back: HTML and Markdown as a reader's program would."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

VOID = ("br", "link", "meta", "img", "input", "hr")
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')


class Page(HTMLParser):
    """An HTML page: its tags, ids, links, and the text within each element that has an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.unbalanced: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._pieces: dict[str, list[str]] = {"": []}
        self.feed(text)
        self.close()
        self.texts = {name: "".join(pieces) for name, pieces in self._pieces.items()}
        self.text = self.texts.pop("")
        self.unbalanced += [tag for tag, _ in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if "href" in given:
            self.links.append(given["href"])
        if tag not in VOID:
            self.open.append((tag, given.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop()[0] != tag:
            self.unbalanced.append(f"{tag} at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        for name in {"", *(name for _, name in self.open)}:
            self._pieces.setdefault(name, []).append(data)


class MarkdownPage:
    """A Markdown page: its ids, its links, and the text from each anchor to the next."""

    def __init__(self, text: str) -> None:
        self.text = _shown(text)
        self.ids = _ANCHOR.findall(text)
        self.links = [*re.findall(r"\]\((#[^)]*)\)", text), *re.findall(r"<(https?://[^>]*)>", text)]
        pieces = _ANCHOR.split(text)
        self.texts = {name: _shown(body) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def _shown(text: str) -> str:
    """Return the words of Markdown, without links, emphasis and escapes."""
    text = re.sub(r"(?<!\\)(\]\(#[^)]*\)|\*\*?|[\[`])", "", text)
    text = re.sub(r"<(https?://[^>]*)>", r"\1", text)
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))
