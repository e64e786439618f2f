"""Which browser on which system, in plain words, from what a browser calls itself. Pure.

Every browser claims to be several others (RFC 9110 §10.1.5 has no rule against it), so the order matters.
"""

import re

_PROGRAMS = (
    ("Edge", r"\b(?:Edg|EdgA|EdgiOS|Edge)/"),
    ("Opera", r"\b(?:OPR|Opera)\b"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Vivaldi", r"\bVivaldi/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|CriOS|HeadlessChrome|Chromium)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("Mac", r"\bMac(?:intosh| OS X)\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


def describe(user_agent: str) -> str:
    """Such as “Firefox on Linux”; empty when it says nothing that we know."""
    program = _first(_PROGRAMS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return " on ".join(filter(None, (program, system)))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, text)), "")
