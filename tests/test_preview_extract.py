"""What is taken out of a page: the right words, plain, short, in whatever encoding, in bounded time."""

import time

import pytest

from parley.jobs.charset import decode
from parley.jobs.extract import DESCRIPTION_LENGTH, SITE_LENGTH, TITLE_LENGTH, Extract, extract, plain, shorten

HOST = "pages.example"


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>Plain</title>", "Plain"),
        ("<TITLE>Capitals</TITLE>", "Capitals"),
        ("<title lang=en>With attributes</title>", "With attributes"),
        ("<title>  Line\n\tbreaks  </title>", "Line breaks"),
        ("<title>Tom &amp; Jerry &lt;3 &#x1F600;</title>", "Tom & Jerry <3 😀"),
        ("<title><b>No tags</b> in here</title>", "<b>No tags</b> in here"),
        ("<title>Cut off in the midd", "Cut off in the midd"),
        ("<title>First</title><svg><title>Icon</title></svg>", "First"),
        ("<title> </title><title>Second</title>", ""),
        ("<meta property='og:title' content='Graph'><title>Plain</title>", "Graph"),
        ("<title>Plain</title><meta property=og:title content=Graph>", "Graph"),
        ("<title>Plain</title><META CONTENT='Graph' NAME='OG:Title' />", "Graph"),
        ("<meta name='twitter:title' content='Bird'><title>Plain</title>", "Bird"),
        ("<meta name='twitter:title' content='Bird'><meta property='og:title' content='Graph'>", "Graph"),
        ("<meta property='og:title' content='  '><title>Plain</title>", "Plain"),
        ("<meta property='og:title' content='One'><meta property='og:title' content='Two'>", "One"),
        ("<meta property='og:title' content='a > b'>", "a > b"),
        ("<!-- <title>Comment</title> --><title>Real</title>", "Real"),
        ("<!--><title>Real</title>", "Real"),
        ("<script>'<title>Script</title>'</script><title>Real</title>", "Real"),
        ("<style><title>Style</title></style><title>Real</title>", "Real"),
        ("<template><title>Template</title></template><title>Real</title>", "Real"),
        ("<title>A <!-- b</title><meta property='og:title' content='Graph'>", "Graph"),
        ("<titles>No</titles><metadata>", ""),
        ("", ""),
        ("<p>No title</p>", ""),
        ("<!-- never closed <title>Comment</title>", ""),
    ],
)
def test_title(page: str, title: str) -> None:
    assert extract(page, HOST).title == title


def test_description_and_site() -> None:
    page = (
        "<title>T</title><meta name=description content='From meta'>"
        "<meta property='og:description' content='From graph'><meta property='og:site_name' content='The Site'>"
    )
    assert extract(page, HOST) == Extract("T", "From graph", "The Site")
    assert extract("<title>T</title><meta name=Description content='From meta'>", HOST) == ("T", "From meta", HOST)


def test_everything_is_cut() -> None:
    long = "word " * 1000
    page = f"<title>{long}</title><meta name=description content='{long}'><meta property=og:site_name content='{long}'>"
    said = extract(page, HOST)
    for text, length in zip(said, (TITLE_LENGTH, DESCRIPTION_LENGTH, SITE_LENGTH), strict=True):
        assert length - 6 < len(text) <= length
        assert text.endswith("word…")


def test_shorten() -> None:
    assert shorten("just fits", 9) == "just fits"
    assert shorten("just fits not", 10) == "just fits…"
    assert shorten("one two, three", 11) == "one two…"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"
    assert shorten("漢字" * 20, 10) == "漢字漢字漢字漢字漢…"


def test_plain_keeps_words_and_removes_what_deceives() -> None:
    assert plain("a\u202eb\u2066c\u200fd\u061ce") == "abcde"
    assert plain("a\x00b\x07c\x1b[31m\ufeff\u00ad") == "abc[31m"
    assert plain("a\x0bb\u2028c\u00a0 d\u3000e\x85f") == "a b c d e f"
    family, scotland, persian = (
        "👩\u200d👧",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "می\u200cخواهم",
    )
    assert plain(f"{family} {scotland} {persian}") == f"{family} {scotland} {persian}"
    assert plain("\ud800x\ue000") == "x"


@pytest.mark.parametrize(
    ("body", "declared", "text"),
    [
        ("é".encode(), None, "é"),
        ("é".encode(), "utf-8", "é"),
        ("é!".encode("latin-1"), None, "é!"),
        ("é€".encode("cp1252"), "iso-8859-1", "é€"),
        ("Привет".encode("cp1251"), '"windows-1251"', "Привет"),
        ("Привет".encode("koi8-r"), " KOI8-R ", "Привет"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        ("日本".encode("shift_jis"), "x-sjis", "日本"),
        ("日本".encode("euc_jp"), "euc-jp", "日本"),
        ("中文镕".encode("gbk"), "gb2312", "中文镕"),
        ("한글".encode("cp949"), "euc-kr", "한글"),
        ("é".encode("utf-16"), None, "é"),
        (b"\xef\xbb\xbf" + "é".encode(), "latin-1", "é"),
        ("é".encode("utf-16-le"), "utf-16le", "é"),
        ("<meta charset=windows-1251>Да".encode("cp1251"), None, "Да"),
        ("<META http-equiv=x content='text/html; charset=koi8-r'>Да".encode("koi8-r"), None, "Да"),
        ("<meta charset=windows-1251>Да".encode(), "utf-8", "Да"),
        ("<meta charset=utf-16>Да".encode(), None, "Да"),
        ("é".encode(), "no-such-thing", "é"),
        ("é".encode(), "rot13", "é"),
        ("é".encode(), "punycode", "é"),
        ("é".encode(), "unicode_escape", "é"),
        ("é".encode(), "utf\0-8", "é"),
        ("aé".encode()[:-1], None, "a"),
        (b"a\xffb", "utf-8", "a\ufffdb"),
    ],
)
def test_charset(body: bytes, declared: str | None, text: str) -> None:
    assert decode(body, declared).endswith(text)


@pytest.mark.parametrize(
    "piece",
    [
        *("<div>", "<", "<b><i><a>", "<table>", "<meta ", "<meta charset", "<!--", "<!-->", "<script>", "</title"),
        *("<title>" + "<b>" * 3000, "<title></title>", "<style></style>", '<meta a=b">' + "<div>" * 1600, "\x00", "é"),
    ],
)
def test_half_a_megabyte_of_anything_takes_moments(piece: str) -> None:
    page = (piece * (524288 // len(piece))).encode()
    began = time.monotonic()
    extract(decode(page, None), HOST)
    assert time.monotonic() - began < 5  # nested elements took a standard parser 20 s
