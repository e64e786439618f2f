"""What browsers call themselves, in plain words."""

import pytest

from parley.browsers import describe

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/142.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (f"{MOZILLA} (X11; Linux x86_64) {CHROME}", "Chrome on Linux"),
        (f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} HeadlessChrome/142.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} Edg/142.0.0.0", "Edge on Windows"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} OPR/124.0.0.0", "Opera on Windows"),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 "
            "Safari/605.1.15",
            "Safari on Mac",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/142.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        (f"{MOZILLA} (Linux; Android 10; K) {CHROME.replace(' Safari', ' Mobile Safari')}", "Chrome on Android"),
        (
            f"{MOZILLA} (Linux; Android 14; SM-S918B) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome on ChromeOS"),
        ("curl/8.14.1", ""),
        ("", ""),
        ("<script>" * 10_000, ""),
    ],
)
def test_a_browser_is_named_with_its_system(user_agent: str, expected: str) -> None:
    assert describe(user_agent) == expected
