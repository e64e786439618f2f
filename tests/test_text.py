"""Markdown to HTML: what comes out, what never comes out, and how long it takes at worst."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import text
from parley.highlight import CLASSES
from parley.text import LONGEST_CODE, LONGEST_GUESS, LONGEST_LINK, MOST_LINKS, render

REL = ' target="_blank" rel="noopener noreferrer nofollow ugc"'


def a(url: str, shown: str | None = None) -> str:
    return f'<a href="{url}"{REL}>{shown or url}</a>'


# ── what comes out ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("", ""),
        (" \n\t", ""),
        ("hello", "<p>hello</p>"),
        ("  hello  ", "<p>hello</p>"),
        (
            "*a* _b_ **c** __d__ ***e***",
            "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <em><strong>e</strong></em></p>",
        ),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("snake_case_name and 2*3*4", "<p>snake_case_name and 2<em>3</em>4</p>"),
        (r"\*a\* \_b\_", "<p>*a* _b_</p>"),
        ("`a *b* <i> &amp; :tada: http://a.b`", "<p><code>a *b* &lt;i&gt; &amp;amp; :tada: http://a.b</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\r\ntwo\rthree", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("1) a", "<ol>\n<li>a</li>\n</ol>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("~~~\n:tada: http://a.b\n~~~", "<pre><code>:tada: http://a.b\n</code></pre>"),
        ("```py title=x\nNone\n```", '<pre><code><span class="k">None</span>\n</code></pre>'),
        ("```nosuch\nNone\n```", "<pre><code>None\n</code></pre>"),
        ("```\n\n  a\n", "<pre><code>\n  a\n</code></pre>"),
        # less than CommonMark: what chat does not need, or what would surprise
        ("# Title", "<p><strong>Title</strong></p>"),
        ("###### *Small*", "<p><strong><em>Small</em></strong></p>"),
        ("#general", "<p>#general</p>"),
        ("Title\n---", "<p>Title<br>\n---</p>"),
        ("***", "<p>***</p>"),
        ("    indented", "<p>indented</p>"),
        ("&copy; &lt;b&gt;", "<p>&amp;copy; &amp;lt;b&amp;gt;</p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("<!-- no -->", "<p>&lt;!-- no --&gt;</p>"),
        ("[note]: not lost", "<p>[note]: not lost</p>"),
        ("|a|b|\n|-|-|\n|c|d|", "<p>|a|b|<br>\n|-|-|<br>\n|c|d|</p>"),
        # characters that cannot be stored or sent
        ("a\0b", "<p>a\ufffdb</p>"),
        ("a\ud800b", "<p>a\ufffdb</p>"),
    ],
)
def test_markdown(source: str, html: str) -> None:
    assert render(source).html == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[text](https://a.example/b)", a("https://a.example/b", "text")),
        ('[text](http://a.example "a <b>")', f'<a href="http://a.example" title="a &lt;b&gt;"{REL}>text</a>'),
        ("[*text*](<http://a.example/b c>)", a("http://a.example/b%20c", "<em>text</em>")),
        ("[mail](mailto:a@b.example)", a("mailto:a@b.example", "mail")),
        ("![a *cat*](http://a.example/cat.png)", a("http://a.example/cat.png", "a <em>cat</em>")),
        ("[![badge](http://a.example/i.png)](http://b.example)", a("http://b.example", "badge")),
        ("![no", "![no"),
        ("![![a](http://b.example)", "![" + a("http://b.example", "a")),
        ("Stop![link](http://a.example)", "Stop" + a("http://a.example", "link")),
        ("<http://a.example>", a("http://a.example")),
        ("<a@b.example>", a("mailto:a@b.example", "a@b.example")),
        ("see http://a.example/_b_c_, ok", "see " + a("http://a.example/_b_c_") + ", ok"),
        ("(http://a.example/x_(y))", "(" + a("http://a.example/x_(y)") + ")"),
        ("**http://a.example/**", "<strong>" + a("http://a.example/") + "</strong>"),
        ("HTTPS://a.example", a("HTTPS://a.example")),
        ("http://localhost:5000/?a=1&b=2", a("http://localhost:5000/?a=1&amp;b=2")),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("<http://[::1]:80/>", a("http://[::1]:80/")),
        ("http://дом.рф", a("http://xn--d1aqf.xn--p1ai", "http://дом.рф")),
        ("http://xn--80ak6aa92e.com", a("http://xn--80ak6aa92e.com")),  # no lookalike of apple
        ("example.com, ok", a("http://example.com", "example.com") + ", ok"),
        ("www.example.co.uk/x", a("http://www.example.co.uk/x", "www.example.co.uk/x")),
        ("manage.py README.md yes.it is user.name 1.2.3.4 v1.0", None),
        ("a@b.com //a.com ftp://a.com file:///a git://a.com", None),
        ("xhttp://a.com", None),
        ("[a](/relative) [b](b.html) [c](//c.example) [d](ftp://d.example)", None),
        ("[a][b] [c] [ ] []", None),
        ("[text]()", "text"),
        ("http://", None),
        ("http://1.2.3.999/", 'http://1.2.3.999/'),
    ],
)  # fmt: skip
def test_links(source: str, html: str | None) -> None:
    assert re.sub(rf"<a{REL}>(.*?)</a>", r"\1", render(source).html) == f"<p>{html or source}</p>"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (":smile:", "😄"),
        ("so :+1: and :TADA:!", "so 👍 and 🎉!"),
        (":smile::tada:", "😄🎉"),
        ("**:smile:**:tada:", "<strong>😄</strong>🎉"),
        (":nosuch: :: : :smile", ":nosuch: :: : :smile"),
        (":nosuch:smile:", ":nosuch:smile:"),
        (r"\:smile:", ":smile:"),
        ("std::a::b 10:100:5 fe80::a:b:1 key:x:y", "std::a::b 10:100:5 fe80::a:b:1 key:x:y"),
        ("http://a.example/:smile: :smile:", a("http://a.example/:smile:") + " 😄"),
        ("example.com/:smile:", a("http://example.com/:smile:", "example.com/:smile:")),
        ("[:smile:](http://a.example)", a("http://a.example", "😄")),
    ],
)
def test_shortcodes(source: str, shown: str) -> None:
    assert render(source).html == f"<p>{shown}</p>"


# ── the links that unfold ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("nothing", ()),
        ("http://b.example [x](https://a.example) c.com", ("http://b.example", "https://a.example", "http://c.com")),
        ("http://a.example http://a.example/ HTTP://A.example/#part", ("http://a.example",)),
        ("http://a.example/A http://a.example/a", ("http://a.example/A", "http://a.example/a")),
        ("http://a.example?q=1&r=2", ("http://a.example?q=1&r=2",)),
        ("`http://a.example`\n```\nhttp://b.example\n```", ()),
        ("[m](mailto:a@b.example) <a@b.example>", ()),
        ("> http://a.example\n- http://b.example", ("http://a.example", "http://b.example")),
        (" ".join(f"http://{n}.example" for n in range(9)), tuple(f"http://{n}.example" for n in range(MOST_LINKS))),
        ("http://a.example/" + "x" * LONGEST_LINK, ()),
        ("![i](http://a.example/i)", ("http://a.example/i",)),
        ("<http://[::1> http://1.2.3.999/", ()),
    ],
)
def test_the_first_distinct_links_are_reported_in_order(source: str, links: tuple[str, ...]) -> None:
    assert render(source).links == links


# ── what never comes out ────────────────────────────────────────────────────────────────────────────


class Inspector(HTMLParser):
    """Fails on every tag and attribute that a message may not have, and keeps the text and the addresses."""

    ATTRIBUTES = {"a": {"href", "title", "target", "rel"}, "ol": {"start"}, "span": {"class"}}  # noqa: RUF012
    TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a"}  # noqa: RUF012

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.addresses: list[str] = []
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
        if tag == "span":
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
    return text._cleaner.clean(text._markdown.render(source, {"links": {}}).rstrip("\n"))


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


def test_threads_share_the_parser() -> None:
    sources = [f"**{n}** `code` [x](http://{n}.example) :tada:\n```python\nx = {n}\n```\n> {n}" for n in range(40)] * 5
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, sources)) == [render(source) for source in sources]


# ── bounded time ────────────────────────────────────────────────────────────────────────────────────

N = 8_000


def fill(unit: str) -> str:
    return (unit * (N // len(unit) + 1))[:N]


@pytest.mark.parametrize(
    "source",
    [
        *map(fill, ["*", "_", "**", "*a ", "*a **b ", "**a* ", "a**b c* "]),
        *map(fill, ["~~", "~~a", "`", "``a`", "\\", "&", "<", "<a"]),
        *map(fill, ["[", "]", "![", "[a](", "[]("]),
        *map(fill, ["![](![", "[a](b", "[a](http://b)", "![a](http://b)", "[*~~>", "[a]((("]),
        *map(fill, ['[a](b "', "[[a](http://b)", "[a]: b\n", ":", ":a"]),
        *map(fill, [":a:a", ":smile:", "://", "a://", "http://["]),
        *map(fill, ["http://a[--", "http://a.", "http://a?["]),
        *map(fill, ["http://a/(", "http://a ", "http://xn--", "<http://a> "]),
        *map(fill, ["mailto:a@", "a.com ", "a.com/", "é.com ", "a|", "a-"]),
        *map(fill, [".com", "1.1.1.1 ", "www.", '"', "\n", "\n\n"]),
        *map(fill, ["a\n", "\t", ">", "> ", "> - ", "- "]),
        *map(fill, ["- a\n", "-\n", "1.\n", "- a\n+ a\n", "# ", "# a\n", "|a|\n|-|\n"]),
        *map(fill, ["```\n", "```python\na\n```\n", "~~~\n"]),
        fill("a|")[:-6] + " a.com",
        (fill("a|")[: LONGEST_GUESS - 6]) + " a.com",
        "a" + " " * 7_990 + "*",
        "a." * 2_000 + "://" * 1_333,
        "[" * 4_000 + "]" * 4_000,
        "[a](" * 1_600 + ")" * 1_600,
        "*a **b " * 570 + "b** a* " * 570,
        " ".join("`" * n for n in range(1, 125)),
        "\n".join(" " * 2 * n + "- a" for n in range(85)),
        (">" * 50 + "a\n") * 150,
        "http://a/" + "(" * 7_990,
        "```java\n" + "\n" * 7_980 + "```",
        "```java\n" + ("def <?=>?>--" * 32)[:380].join("\n" * 20) + "\n```",
        ("```make\n" + "0x" * 150 + "\n```\n") * 25,
        ("```c++\n" + ("_{//" * 80 + "\n") * 12 + "```\n") * 2,
    ],
    ids=lambda source: repr(source[:12]),
)  # fmt: skip
def test_hostile_text_takes_bounded_time(source: str) -> None:
    # At most 0.16 s of CPU where it was measured; the bound leaves room for slower machines.
    started = time.thread_time()
    Inspector(render(source[:N]).html)
    assert time.thread_time() - started < 2


def test_bare_addresses_are_looked_for_in_texts_of_modest_length_only() -> None:
    assert render("x " * (LONGEST_GUESS // 2 - 10) + "example.com").links == ("http://example.com",)
    long = "x " * (LONGEST_GUESS // 2) + "example.com http://a.example"
    assert render(long).links == ("http://a.example",)


def test_only_so_much_code_is_coloured() -> None:
    block = "```python\n" + "return 1\n" * (LONGEST_CODE // 20) + "```\n"
    blocks = render(block * 3).html.split("</pre>")
    assert [("<span" in each) for each in blocks] == [True, True, False, False]
