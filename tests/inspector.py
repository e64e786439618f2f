"""What a message may show, held against the HTML of one."""

import re
from html.parser import HTMLParser

from parley.highlight import CLASSES


class Inspector(HTMLParser):
    """Fails on every tag and attribute that a message may not have, and keeps the text and the addresses."""

    ATTRIBUTES = {"a": {"href", "title", "target", "rel"}, "ol": {"start"}, "span": {"class", "data-user"}}  # noqa: RUF012
    TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a"}  # noqa: RUF012

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.addresses: list[str] = []
        self.mentions: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag in self.TAGS
        assert values.keys() <= self.ATTRIBUTES.get(tag, set())
        if tag == "a":
            assert values["rel"] == "noopener noreferrer nofollow ugc"
            assert values["target"] == "_blank"
            assert "a" not in self.open
            if address := values.get("href"):
                assert address.lower().startswith(("http://", "https://", "mailto:"))
                self.addresses.append(address)
        if tag == "span" and values["class"] == "mention":
            assert not {"code", "a", "blockquote", "span"} & set(self.open)
            assert re.fullmatch(r"[1-9]\d*|room", values["data-user"] or "")
            self.mentions.append(values["data-user"] or "")
        elif tag == "span":
            assert values.keys() == {"class"}
            assert values["class"] in CLASSES.values()
            assert "code" in self.open
        if tag == "ol" and "start" in values:
            assert (values["start"] or "").isdigit()
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    handle_pi = unknown_decl = handle_comment
