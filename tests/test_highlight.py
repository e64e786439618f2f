"""The colours of code, and the style sheet that gives them."""

import gzip
import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.highlight import CLASSES, LANGUAGES, LONGEST, highlight

SAMPLE = """GET / HTTP/1.1
>>> 1
$ ls
+ added
# note
// note
<b class="x">&amp;</b>
if (a) { return "1"; } é
"""
CSS = Path(__file__).parent.parent / "parley/faces/web/static/css"


@pytest.mark.parametrize(
    ("language", "code", "html"),
    [
        ("python", "return 1", '<span class="k">return</span> <span class="m">1</span>'),
        ("py", "# <b>", '<span class="c"># &lt;b&gt;</span>'),
        ("PYTHON", "None", '<span class="k">None</span>'),
        ("js", "'a'", '<span class="s">&#x27;a&#x27;</span>'),
        ("diff", "-a\n+b\n", '<span class="gd">-a</span>\n<span class="gi">+b</span>\n'),
        ("php", "return 1;", '<span class="k">return</span> <span class="m">1</span>;'),
        (
            "php",
            "<?php return 1;",
            '<span class="cp">&lt;?php</span> <span class="k">return</span> <span class="m">1</span>;',
        ),
        ("", "return 1", "return 1"),
        ("nosuch", "<b>", "&lt;b&gt;"),
        ("brainfuck", "+", "+"),
        ("python", "\ufeffreturn", "\ufeffreturn"),
        ("python", "", ""),
    ],
)
def test_code_is_coloured_by_its_language(language: str, code: str, html: str) -> None:
    assert highlight(code, language) == html


@pytest.mark.parametrize("code", ["return " * (LONGEST // 7 + 1), "return " * 60, "return" + " " * 100])
def test_code_that_nobody_reads_stays_plain(code: str) -> None:
    assert highlight(code, "python") == code


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_every_language_is_known_and_keeps_the_code(language: str) -> None:
    html = highlight(SAMPLE, language)
    assert _text(html) == SAMPLE
    assert "<span" in html


@settings(deadline=None)
@given(st.text(), st.sampled_from(LANGUAGES.split()))
def test_colours_change_no_character(code: str, language: str) -> None:
    assert _text(highlight(code, language)) == code


def test_the_style_sheet_knows_the_same_classes_and_is_small() -> None:
    css = (CSS / "code.css").read_text()
    assert set(re.findall(r"pre \.(\w+)", css)) == set(CLASSES.values())
    assert len(gzip.compress(css.encode())) < 2048


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_can_be_read_on_every_ground(scheme: int) -> None:
    grounds = [_colours("tokens.css", name)[scheme] for name in ("ground", "panel", "raised", "hover")]
    names = re.findall(r"(c-\w+): light-dark", (CSS / "code.css").read_text())
    assert len(set(names)) >= 8
    for name in names:
        colour = _colours("code.css", name)[scheme]
        for ground in grounds:
            lighter, darker = sorted((_luminance(colour), _luminance(ground)), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{name}: {colour} on {ground}"


def _text(html: str) -> str:
    return "".join(unescape(part) for part in re.split(r'</?span(?: class="\w+")?>', html))


def _colours(sheet: str, name: str) -> list[str]:
    found = re.search(rf"--{name}: light-dark\(#(\w{{6}}), #(\w{{6}})\)", (CSS / sheet).read_text())
    assert found
    return list(found.groups())


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
