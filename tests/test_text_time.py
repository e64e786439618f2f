"""Markdown to HTML: how long it takes at worst."""

import time

import pytest

from parley.text import LONGEST_CODE, LONGEST_GUESS, render
from tests.inspector import Inspector

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
        *map(fill, ["@", "@a ", "@a.", '@"', '@"a" ', "@\u4e00", "@" + "a\u0300" * 40 + " ", "\\@", "@a**"]),
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
