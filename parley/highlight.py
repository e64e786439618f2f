"""Colours for code: Pygments' tokens reduced to the few classes that `code.css` knows. Pure, no I/O."""

import re
from html import escape
from itertools import groupby
from threading import Lock

from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, Operator, String, _TokenType

# Some lexers take quadratic time. What is longer, or has longer lines or gaps than code for people has, stays plain.
LONGEST = 4_000  # characters
_UNREADABLE = re.compile(r"[^\n]{400}|\s{100}")

# Lexers that stay below 0.15 s on the worst input found within these bounds. C# and R do not.
LANGUAGES = (
    "bash c c++ console css dart diff docker elixir erlang go haskell html http ini java javascript json kotlin lua "
    "make markdown nginx perl php powershell python pycon ruby rust scala sql swift toml typescript xml yaml zig"
)
_BY_ALIAS = {
    alias: aliases[0]
    for _, aliases, _, _ in get_all_lexers(plugins=False)
    if not set(LANGUAGES.split()).isdisjoint(aliases)
    for alias in aliases
}

CLASSES: dict[_TokenType, str] = {
    Comment: "c",
    Comment.Preproc: "cp",
    Generic.Deleted: "gd",
    Generic.Inserted: "gi",
    Generic.Heading: "gh",
    Generic.Subheading: "gh",
    Generic.Prompt: "gp",
    Keyword: "k",
    Literal: "s",
    Name.Attribute: "na",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Decorator: "nd",
    Name.Exception: "nc",
    Name.Function: "nf",
    Name.Tag: "nt",
    Name.Variable: "nv",
    Number: "m",
    Operator.Word: "k",
    String: "s",
    String.Escape: "se",
    String.Interpol: "se",
}

_lexing = Lock()


def highlight(code: str, language: str) -> str:
    """The code as escaped HTML, coloured by `<span class>` if the language is known and the code is not too long.

    Never guesses a language. Apart from the spans the text is the code, character by character.
    """
    name = _BY_ALIAS.get(language.lower())
    if name is None or len(code) > LONGEST or _UNREADABLE.search(code):
        return escape(code)
    # Pygments builds its tables on first use, not safely for two threads; the interpreter's lock makes this one free.
    with _lexing:
        lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False, startinline="<?" not in code)
        spans = [(_class(token), text) for token, text in lexer.get_tokens(code)]
    if "".join(text for _, text in spans) != code:  # lexers drop a byte order mark
        return escape(code)
    parts = []
    for css, run in groupby(spans, key=lambda span: span[0]):
        text = escape("".join(text for _, text in run))
        parts.append(f'<span class="{css}">{text}</span>' if css else text)
    return "".join(parts)


def _class(token: _TokenType | None) -> str:
    while token:
        if token in CLASSES:
            return CLASSES[token]
        token = token.parent
    return ""
