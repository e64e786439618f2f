"""Which words of a text are mentions, and how they stand in its HTML."""

import pytest

from parley.mentions import MOST, WHOLE_ROOM, settle
from parley.text import render
from tests.inspector import Inspector

PEOPLE = {"room": WHOLE_ROOM, "ann": 5, "ann lee": 6, "jo.e": 7, "a_b": 8, "_x_": 9, "o'neill": 10, 'bob "b"': 15}
PEOPLE |= {"太郎": 11, "철수": 12, "हिन्दी": 13, "👑": 14, "ann-marie": 16, "me@home": 17}


def called(source: str) -> list[int]:
    rendered = render(source)
    return settle(rendered.marked, rendered.candidates, PEOPLE.get)[1]


def shown(source: str) -> str:
    rendered = render(source)
    return settle(rendered.marked, rendered.candidates, PEOPLE.get)[0]


@pytest.mark.parametrize(
    ("source", "people"),
    [
        ("@ann", [5]),
        ("hi @ANN, and @Ａｎｎ!", [5]),
        ("(@ann) [@ann] *@ann* **@ann** ~~@ann~~ # @ann", [5]),
        ("@ann's @ann’s @ann: @ann. @ann... @ann? @ann/@jo.e", [5, 7]),
        ("@jo.e. @a_b", [7, 8]),
        ("@o'neill", [10]),
        ("@ann-marie", [16]),
        ("@ann-", [5]),
        ('@"ann lee" @“Ann  Lee” @„ann lee“', [6]),
        ('@"ann lee"s @"ann"', [6, 5]),
        (r'@"\_x\_" @\_x\_', [9]),
        (r'@"bob \"b\""', [15]),
        ('@"me@home"', [17]),
        ("@room: @ann", [WHOLE_ROOM, 5]),
        ("- @ann\n1. @jo.e", [5, 7]),
        ("# @ann", [5]),
        ("one\n@ann", [5]),
        # scripts without spaces between words, and marks that belong to the letter before
        ("@太郎さん、こんにちは", [11]),
        ("你好@太郎", [11]),
        ("@철수님", [12]),
        ("@annさん", [5]),
        ("@हिन्दी", [13]),
        ("@👑👑", [14]),
        ("@ann😀", [5]),
        # nobody
        ("ann @ ann @, @ann1 @anna @ann_ann @ann.ann @ann-ann @ann\u0301", []),
        ("mail ann@jo.e me@ann x_@ann @@ann", []),
        (r"\@ann", []),
        ('@"" @"nobody" @"ann', []),
        ("`@ann` ``@ann``", []),
        ("```\n@ann\n```", []),
        ("> @ann\n> - @ann", []),
        ("[@ann](http://a.example) <http://a.example/@ann> http://a.example/@ann a.com/@ann", []),
        ("@**ann** @ann@jo.e", [5]),
    ],
)  # fmt: skip
def test_who_is_mentioned(source: str, people: list[int]) -> None:
    assert called(source) == people


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("@Ann!", '<p><span class="mention" data-user="5">@Ann</span>!</p>'),
        ('@"Ann Lee"s', '<p><span class="mention" data-user="6">@Ann Lee</span>s</p>'),
        ("@room", '<p><span class="mention" data-user="room">@room</span></p>'),
        ("@ann&<b>", '<p><span class="mention" data-user="5">@ann</span>&amp;&lt;b&gt;</p>'),
        ('@bob @"no body" :tada:', '<p>@bob @"no body" 🎉</p>'),
        ("@ann :tada:", '<p><span class="mention" data-user="5">@ann</span> 🎉</p>'),
    ],
)
def test_how_a_mention_stands_in_the_html(source: str, html: str) -> None:
    assert shown(source) == html


def test_the_longest_name_wins() -> None:
    rendered = render("@太郎さん")
    taro, san = {"太郎": 1}, {"太郎": 1, "太郎さん": 2}
    assert settle(rendered.marked, rendered.candidates, taro.get)[1] == [1]
    assert settle(rendered.marked, rendered.candidates, san.get)[1] == [2]


def test_a_message_mentions_no_more_than_so_many() -> None:
    html = shown("@ann " * (MOST + 1))
    assert len(Inspector(html).mentions) == MOST
    assert Inspector(html).text.count("@ann") == MOST + 1


def test_a_text_without_an_at_takes_the_shortcut_and_has_nothing_to_settle() -> None:
    assert render("hello *there*").candidates == render("hello, there").candidates == ()
    assert render("hello *there*").marked == ""
