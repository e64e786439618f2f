"""Markdown to HTML: what comes out. What never does stands in test_text_safety, how long it takes in test_text_time."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from parley.text import LONGEST_LINK, MOST_LINKS, render

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


def test_threads_share_the_parser() -> None:
    sources = [f"**{n}** `code` [x](http://{n}.example) :tada:\n```python\nx = {n}\n```\n> {n}" for n in range(40)] * 5
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, sources)) == [render(source) for source in sources]
