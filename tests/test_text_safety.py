"""Markdown to HTML: what never comes out, whatever was typed, and that the shortcuts make no difference to that."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import text
from parley.mentions import MOST, settle
from parley.text import MOST_LINKS, render
from tests.inspector import Inspector


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example></sCrIpT>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<p style='background:url(javascript:alert(1))'>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo 1 ?>",
        "</p></div></body><script>alert(1)</script>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x]( javascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](java\tscript:alert(1))",
        "[x](<java\nscript:alert(1)>)",
        "[x](\x01javascript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A&#x61;vascript&#58;alert(1))",
        "[x](javascript&#58;alert(1))",
        "[x](javascript%3Aalert(1))",
        "[x](\\javascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/svg+xml,<svg onload=alert(1)>)",
        "[x](blob:http://a/b)",
        "[x](file:///etc/passwd)",
        "[x](view-source:http://a)",
        "[x](http:javascript:alert(1))",
        "[x](//evil.example)",
        "![x](javascript:alert(1))",
        '![x" onerror="alert(1)](http://a.example/i.png)',
        "![x](http://a.example/i.png\"onerror=\"alert(1))",
        "[x](http://a.example/\"onmouseover=\"alert(1))",
        "[x](http://a.example/'onmouseover='alert(1))",
        '[x](http://a.example "\\"><script>alert(1)</script>")',
        '[x](http://a.example "&quot;><img src=x onerror=alert(1)>")',
        "[x](http://a.example/<script>alert(1)</script>)",
        "[<img src=x onerror=alert(1)>](http://a.example)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "<javascript&colon;alert(1)>",
        "<data:text/html,x>",
        "<http://a.example/\"onmouseover=alert(1)>",
        "<http://a.example/'><script>alert(1)</script>",
        "<a@b.example\"onclick=alert(1)>",
        "http://a.example/\"onmouseover=alert(1)",
        "http://a.example/'onmouseover='alert(1)",
        "http://a.example/<script>alert(1)</script>",
        "http://a.example/`<b>`",
        "javascript://a.example/%0aalert(1)",
        "example.com/\"><script>alert(1)</script>",
        "mailto:a@b.example?x=\"onclick=alert(1)",
        '```"><script>alert(1)</script>\nx\n```',
        '```python" onclick="alert(1)\nx\n```',
        "```html\n<script>alert(1)</script>\n```",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "```markdown\n[x](javascript:alert(1))\n```",
        "`</code><script>alert(1)</script>`",
        ":<script>alert(1)</script>:",
        "# <script>alert(1)</script>",
        "@<script>alert(1)</script>",
        '@"<img src=x onerror=alert(1)>"',
        '<span class="mention" data-user="1" onclick="alert(1)">@ann</span>',
        '[x](http://a.example "<span class=\"mention\" data-user=\"0\">@</span>") @<svg/onload=alert(1)>',
        "> <script>alert(1)</script>",
        "1. <img src=x onerror=alert(1)>",
        "**<b onclick=alert(1)>**",
        "~~<style>@import 'http://evil.example'~~",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\ufeff<script>alert(1)</script>",
        "＜script＞alert(1)＜/script＞",
        "<scr\0ipt>alert(1)</scr\0ipt>",
    ],
)  # fmt: skip
def test_nothing_runs(source: str) -> None:
    rendered = render(source)
    Inspector(settle(rendered.marked, rendered.candidates, lambda _: 5)[0])
    page = Inspector(rendered.html)
    assert not any("script:" in address.lower() for address in page.addresses if not address.startswith("http"))
    assert set(rendered.links) <= set(page.addresses)


_PIECES = st.sampled_from(
    [
        *("*", "_", "**", "~~", "`", "```", "~~~", "[", "](", ")"),
        *("![", "<", ">", "> ", "- ", "1. ", "# ", "\n", "\n\n", "  "),
        *("http://", "https://a.b", "example.com", "javascript:", "mailto:a@b.c"),
        *("xn--", '"', "'", " onclick=", "<script>"),
        *("</p>", "&amp;", "python\n", ":smile:", ":", "|", "\\"),
        *("a", "é", "\u202e", "\0", "\ud800", "\xa0", "\t", "."),
        *("@", "@a", '@"', "@room", '<span class="mention" data-user="0">', "</span>"),
    ]
)  # fmt: skip
_TYPED = st.lists(_PIECES | st.text(max_size=3), max_size=30).map("".join)


@settings(deadline=None)
@given(_TYPED | st.text(st.characters()))
def test_any_text_becomes_the_allowed_tags_only(source: str) -> None:
    rendered = render(source)
    page = Inspector(rendered.html)
    assert set(rendered.links) <= set(page.addresses)
    assert len(rendered.links) <= MOST_LINKS
    rendered.html.encode()


@settings(deadline=None)
@given(_TYPED, st.sets(st.integers(0, 5)))
def test_nobody_is_mentioned_but_by_the_rules(source: str, people: set[int]) -> None:
    """As many mentions as were settled, whatever looks like one in the text; and around them the text is the same."""
    rendered = render(source)
    asked: list[int] = []

    def who(name: str) -> int | None:
        asked.append(len(name) % 6)
        return asked[-1] if asked[-1] in people else None

    html, called = settle(rendered.marked, rendered.candidates, who)
    found = Inspector(html or rendered.html).mentions
    assert set(found) == {"room" if each == 0 else str(each) for each in called}
    assert set(called) <= people & set(asked)
    assert len(found) <= len(rendered.candidates) <= MOST
    if not any(each.quoted for each in rendered.candidates):
        assert Inspector(html or rendered.html).text == Inspector(rendered.html).text


@settings(deadline=None)
@given(st.lists(_PIECES | st.just("wort"), max_size=40).map("".join))
def test_no_word_is_lost(source: str) -> None:
    page = Inspector(render(source).html)
    hidden = "".join(re.findall(r'(?:href|title)="([^"]*)', render(source).html))
    infos = "".join(re.findall(r"(?:```|~~~).*", source))  # the language of a fence is not shown
    assert page.text.count("wort") + hidden.count("wort") + infos.count("wort") >= source.count("wort")


@pytest.mark.parametrize("marker", [">", "> ", "- ", "1. ", "> - ", "* > "])
def test_what_is_nested_too_deeply_is_shown_as_typed(marker: str) -> None:
    html = render(marker * 300 + "hello").html
    assert Inspector(html).text.count("hello") == 1
    assert html.count("<blockquote>") + html.count("<li>") <= text.DEPTH


# ── the shortcuts ───────────────────────────────────────────────────────────────────────────────────


def the_long_way(source: str) -> str:
    """The whole parser and the sanitizer, without the shortcuts for plain and for single lines."""
    source = re.sub("[\ud800-\udfff]", "\ufffd", source)
    env: dict[str, Any] = {"links": {}, "candidates": []}
    marked = text._cleaner.clean(text._markdown.render(source, env).rstrip("\n"))
    return settle(marked, env["candidates"], lambda _: None)[0]


_PLAIN_LINES = st.lists(
    st.sampled_from(
        [
            *("Hello", "ok", "é", "日本", " ", "  ", ", ", ". ", "...", "!"),
            *("?", "1", "2. ", "(", ")", "'", '"', "@", "#", "-"),
            *("+", "=", "/", "%", "$", "|", "{", "}", "^"),
            *("~", ".c", ".com", "com", "www", "😀", "\u200d", "\u2028", "\x0b"),
            *("\x85", "\xa0", "ſ", "\u212a", "\ufeff", "\uffff"),
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(_PLAIN_LINES | _TYPED | st.text(st.characters()))
def test_the_shortcuts_make_no_difference(source: str) -> None:
    assert render(source).html == the_long_way(source)


@pytest.mark.parametrize(
    "source", ["Hello, world!", "Yes. No... Well (perhaps)?", "日本語のテキスト", "Größe 10 % - c'est ça", "wow 😀!"]
)
def test_an_ordinary_sentence_takes_the_shortcut(source: str) -> None:
    assert text._PLAIN.fullmatch(source)
