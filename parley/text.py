"""Markdown in, safe HTML out; links and possible mentions found on the way. Pure: no I/O, and no state between calls.

CommonMark by markdown-it-py, less what surprises people who chat: no raw HTML, no entities, no reference
definitions (they would vanish), no rules, no indented code, and no images, which become links. Headings are
bold lines. What the parser makes is cleaned by nh3 all the same, so that neither is trusted alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_core import StateCore, linkify
from markdown_it.rules_inline import StateInline, link
from markdown_it.rules_inline import linkify as linkify_inline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from msgspec import Struct

from parley import mentions, shortcodes
from parley.highlight import CLASSES, highlight
from parley.mentions import Candidate

MOST_LINKS = 5  # that unfold below a message
LONGEST_LINK = 2_000  # characters
LONGEST_GUESS = 4_000  # characters of a text in which addresses without http:// are looked for, at up to 25 µs each
LONGEST_CODE = 4_000  # characters of fenced code in all that are coloured
DEPTH = 10  # levels of quotes and lists inside each other; what lies deeper is shown as it was typed

# A bare `example.com` becomes a link only under these: neither the endings of files (`manage.py`, `README.md`)
# nor words that follow a forgotten space (`yes.it is`) nor attributes (`user.name`). With http:// all do.
_TLDS = (
    "com org net edu gov io dev app eu ae ai ar au ba bd bg br by ca ch cl cn co cz de dk ee eg es fi fm fr ge gg gr "
    "hk hr hu ie il ir jp ke kr kz lk lt lu lv ly ma mx ng nl np nz pe ph pk pl pt ro ru sa se sg si sk th tn tr "
    "tv tw ua uk uy uz ve vn za рф"
)
_ADDRESS = re.compile(
    r"(?:https?://(?:[^/?#@\\]*@)?(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?![^/?#])|mailto:.)", re.IGNORECASE
)
_SURROGATE = re.compile("[\ud800-\udfff]")

# One line of words and punctuation with which no rule below does anything. A test holds it against the parser.
_PLAIN = re.compile(r"[^\W\d_](?:[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff&*.:<>@\[\\\]_`~]++| ++|\.(?!\w))*+(?<! )")
# One line that begins no block is one paragraph: the block parser has nothing to find in it.
_ONE_LINE = re.compile(r"(?!#|>|[-+*](?:\s|$)|\d+[.)]|```|~~~)\S(?:[^\r\n\0]*\S)?")
# Without one of these linkify-it finds nothing, and takes far longer to say so.
_MAY_LINK = re.compile(r":|\.\w")
_WEB = re.compile(r"https?(?=://\w)", re.IGNORECASE)


class Rendered(Struct, frozen=True):
    """The HTML of a message, safe to insert, and its first few distinct http(s) links in order.

    `html` mentions nobody. Where the text may, `mentions.settle` makes of `marked` and `candidates` what does.
    """

    html: str
    links: tuple[str, ...] = ()
    marked: str = ""
    candidates: tuple[Candidate, ...] = ()


def render(source: str) -> Rendered:
    """Turn what somebody typed into HTML that holds only the tags of `_TAGS`.

    Any text will do; half of a surrogate pair is shown as U+FFFD. Takes bounded time, a fraction of a second
    for the worst 8,000 characters known. May be called from several threads at once.
    """
    if _PLAIN.fullmatch(source):
        return Rendered(f"<p>{source}</p>")
    source = _SURROGATE.sub("\ufffd", source)
    env: dict[str, Any] = {"links": {}, "candidates": []}
    if _ONE_LINE.fullmatch(source):
        html = f"<p>{_markdown.renderInline(source, env)}</p>"
    else:
        html = _markdown.render(source, env).rstrip("\n")
    html = _cleaner.clean(html)
    links = [url for url in env["links"].values() if f'href="{url.replace("&", "&amp;")}"' in html]
    if candidates := tuple(env["candidates"]):
        return Rendered(_unaddressed(html, candidates), tuple(links[:MOST_LINKS]), html, candidates)
    return Rendered(html, tuple(links[:MOST_LINKS]))


def _unaddressed(marked: str, candidates: Sequence[Candidate]) -> str:
    html, _ = mentions.settle(marked, candidates, lambda _: None)
    return html


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return _ADDRESS.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:
        return link  # as typed: decoding xn-- would make lookalikes of other hosts


def _image(state: StateInline, silent: bool) -> bool:
    """`![text](address)` is a link; inside another link only its text is left."""
    start = state.pos
    if not state.src.startswith("![", start):
        return False
    state.pos = start + 1
    if silent:
        state.md.inline.skipToken(state)  # remembers what it found, which keeps `![![![` fast
        if state.pos > start + 2:
            return True
        state.pos = start
        return False
    if not link(state, state.linkLevel > 0):
        state.append_pending("![")
        state.pos = start + 2
    elif state.linkLevel > 0:
        state.append_pending(state.src[start + 2 : state.md.helpers.parseLinkLabel(state, start + 1)])
    return True


def _linkify_web(state: StateInline, silent: bool) -> bool:
    if not _WEB.search(state.src, max(state.pos - 5, 0), state.pos + 4):
        return False
    if not silent and len(state.pending) > 16:
        # The library's rule looks for a scheme in all that is pending, at each `://`: give it only the end.
        state.pending, end = state.pending[:-16], state.pending[-16:]
        state.pushPending()
        state.pending = end
    return linkify_inline(state, silent)


def _linkify_text(state: StateCore) -> None:
    if len(state.src) <= LONGEST_GUESS and _MAY_LINK.search(state.src):
        linkify(state)


_BlockRule = Callable[[StateBlock, int, int, bool], bool]


def _shallow(rule: _BlockRule) -> _BlockRule:
    # The parser's own maxNesting drops what lies deeper; declining the rule leaves it as text.
    def shallow(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < DEPTH and rule(state, start, end, silent)

    return shallow


def _finish(state: StateCore) -> None:
    """Collect the links and replace the shortcodes, after linkify so that no address is touched."""
    for block in state.tokens:
        link: Token | None = None
        for token in block.children or ():
            if token.type == "link_open":
                link = token
                href = str(token.attrs["href"])
                link.hidden = not href  # [text]()
                _note(href, state.env["links"])
            elif token.type == "link_close" and link:
                token.hidden = link.hidden
                link = None
            elif token.type == "text" and ":" in token.content and not (link and link.info == "auto"):
                token.content = shortcodes.replace(token.content)


def _mark_mentions(state: StateCore) -> None:
    """Candidates become tokens of their own. What is quoted was said before, and calls nobody again."""
    if "@" not in state.src:
        return
    quoted = 0
    for block in state.tokens:
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(block.type, 0)
        if block.children and not quoted:
            block.children = list(_with_mentions(block.children, state.env["candidates"]))


def _with_mentions(tokens: Sequence[Token], candidates: list[Candidate]) -> Iterator[Token]:
    linked = 0
    for plain, run in groupby(tokens, lambda token: token.type in ("text", "text_special")):
        together = list(run)
        linked += sum(token.nesting for token in together if token.type in ("link_open", "link_close"))
        if plain and not linked and any("@" in token.content for token in together):
            yield from _split(together, candidates)
        else:
            yield from together


def _split(run: Sequence[Token], candidates: list[Candidate]) -> Iterator[Token]:
    """Text with the candidates in it; `text_special` is what stood behind a backslash."""
    text = "".join(token.content for token in run)
    literal = "".join(
        "\0" if token.type == "text_special" and token.content in '@"' else token.content for token in run
    )
    place = 0
    for found in mentions.find(text, literal):
        if len(candidates) == mentions.MOST:
            break
        yield Token("text", "", 0, content=text[place : found.start])
        yield Token("mention", "", 0, content=found.candidate.typed, meta={"number": len(candidates)})
        candidates.append(found.candidate)
        place = found.end
    yield Token("text", "", 0, content=text[place:])


def _mention(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return mentions.mark(tokens[index].meta["number"], escapeHtml(tokens[index].content))


def _note(url: str, links: dict[tuple[str, str, str, str], str]) -> None:
    try:
        scheme, host, path, query, _ = urlsplit(url)
    except ValueError:  # an unclosed [ of an IPv6 address
        return
    if scheme in ("http", "https") and len(url) <= LONGEST_LINK:
        links.setdefault((scheme, host.lower(), path or "/", query), url)


def _fence(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    language, *_ = token.info.split(maxsplit=1) or [""]
    env["code"] = env.get("code", 0) + len(token.content)
    code = highlight(token.content, language if env["code"] <= LONGEST_CODE else "")
    return f"<pre><code>{code}</code></pre>\n"


def _heading_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return "<p><strong>"


def _heading_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return "</strong></p>\n"


def _parser() -> MarkdownIt:
    markdown = _Markdown("js-default", {"html": False, "linkify": True, "breaks": True, "maxNesting": 20})
    markdown.disable(["table", "code", "hr", "reference", "html_block", "lheading"])
    markdown.disable(["html_inline", "entity", "replacements", "smartquotes"])
    markdown.block.ruler.at("blockquote", _shallow(blockquote), {"alt": ["paragraph", "blockquote", "list"]})
    markdown.block.ruler.at("list", _shallow(list_block), {"alt": ["paragraph", "blockquote"]})
    markdown.inline.ruler.at("image", _image)
    markdown.inline.ruler.at("linkify", _linkify_web)
    markdown.core.ruler.at("linkify", _linkify_text)
    markdown.core.ruler.after("linkify", "finish", _finish)
    markdown.core.ruler.after("finish", "mentions", _mark_mentions)
    markdown.add_render_rule("mention", _mention)
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("heading_open", _heading_open)
    markdown.add_render_rule("heading_close", _heading_close)
    markdown.linkify = LinkifyIt({"ftp:": None, "//": None}, {"fuzzy_email": False})
    markdown.linkify.tlds(_TLDS.split())
    return markdown


_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a"}

# Both are only read after this point, so threads share them.
_markdown = _parser()
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    tag_attribute_values={"span": {"data-user": {str(number) for number in range(mentions.MOST)}}},
    allowed_classes={"span": {"mention", *CLASSES.values()}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
