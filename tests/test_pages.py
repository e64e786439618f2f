"""What a browser gets: the page, errors as pages, files to keep, and headers that shield it."""

import gzip
import re
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from parley import shortcodes
from parley.errors import Unavailable
from parley.faces.web import static
from parley.faces.web.security import CSP, HEADERS
from parley.faces.web.static import FOLDER, StaticFiles
from parley.faces.web.uncommented import uncommented
from tests.api import Api, got, refused

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DESIGNED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class TestThePage:
    """The chat for who is signed in, the form for who is not."""

    def test_the_form(self, shared: Api) -> None:
        response = shared.anonymous(Accept=HTML).get("/")
        assert (response.status_code, response.mimetype) == (200, "text/html")
        assert 'id="sign-in"' in response.text
        assert response.headers["Cache-Control"] == "no-store"

    def test_the_chat(self, api: Api) -> None:
        page = api.browser('<i>"Ann&').get("/").text
        assert 'id="sign-in"' not in page
        assert "&lt;i&gt;&#34;Ann&amp;" in page
        assert "<i>" not in page

    def test_rooms_have_addresses_that_tell_nothing(self, api: Api) -> None:
        anonymous, browser = api.anonymous(Accept=HTML), api.browser("Ann")
        for path in ("/rooms", "/rooms/1", "/rooms/4711", "/rooms/1/messages/1", "/rooms/1/messages/4711"):
            assert anonymous.get(path).text == anonymous.get("/").text
        pages = [browser.get(f"/rooms/{number}").text for number in (1, 4711)]  # the general one; one that is not there
        assert [re.findall(r'data-room="(\d+)"', page) for page in pages] == [["1"], ["4711"]]
        assert pages[0] == pages[1].replace("4711", "1") == browser.get("/rooms").text
        assert browser.get("/rooms/1/messages/4711").text == pages[0]
        refused(browser.get("/rooms/tea"), 404, "not_found")

    def test_it_knows_how_long_a_message_may_be(self, make_api: Callable[..., Api]) -> None:
        assert 'data-longest="123"' in make_api(message_length=123).browser("Ann").get("/").text

    def test_all_it_refers_to_is_there(self, api: Api) -> None:
        browser = api.browser("Ann")
        for page in (api.anonymous().get("/").text, browser.get("/").text):
            addresses = re.findall(r'(?:src|href)="(/[^"]+)"', page)
            assert addresses
            for address in addresses:
                response = browser.get(address)
                kept = "immutable" in response.headers["Cache-Control"]
                assert (response.status_code, kept) == (200, address.startswith("/static/")), address

    def test_every_id_in_it_is_there_once(self, api: Api) -> None:
        ids = re.findall(r'\sid="([^"]+)"', api.browser("Ann").get("/").text)
        assert sorted(ids) == sorted(set(ids))

    def test_nothing_in_it_breaks_the_policy(self, api: Api) -> None:
        page = api.browser("Ann").get("/").text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", page)


class TestErrors:
    """Pages for people, problems for programs."""

    def test_nothing_there(self, shared: Api) -> None:
        response = shared.anonymous(Accept=HTML).get("/nothing")
        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert "There is nothing" in response.text
        refused(shared.anonymous(Accept="*/*").get("/nothing"), 404, "not_found")
        refused(shared.anonymous(Accept="application/json, text/html;q=0.5").get("/nothing"), 404, "not_found")

    def test_a_failure_inside_tells_a_number_and_nothing_else(
        self,
        api: Api,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def fail() -> None:
            raise RuntimeError("a secret")

        monkeypatch.setitem(api.app.view_functions, "pages.page", fail)
        monkeypatch.setitem(api.app.view_functions, "operations.healthz", fail)
        problem = got(api.anonymous().get("/healthz"), 500)
        page = api.anonymous(Accept=HTML).get("/")
        assert (problem["code"], page.status_code) == ("internal", 500)
        assert problem["id"] in problem["detail"]
        for text in (str(problem), page.text):
            assert "secret" not in text
            assert "Traceback" not in text
            assert "RuntimeError" not in text
        logged = caplog.text + "".join(capsys.readouterr())
        assert problem["id"] in logged
        assert re.search(r"number (\w+)", page.text)[1] in logged  # type: ignore[index]
        got(api.anonymous().get("/readyz"))

    def test_what_is_unavailable_may_be_tried_again(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        def unavailable() -> None:
            raise Unavailable("Not now.")

        monkeypatch.setitem(api.app.view_functions, "pages.page", unavailable)
        response = api.anonymous(Accept=HTML).get("/")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
        assert "Not now." in response.text


class TestHeaders:
    """What shields a browser is on every answer."""

    @pytest.mark.parametrize(
        ("path", "accept"),
        [("/", HTML), ("/nothing", HTML), ("/api/users", "*/*"), ("/healthz", "*/*"), ("/favicon.ico", "*/*")],
    )
    def test_they_are_everywhere(self, shared: Api, path: str, accept: str) -> None:
        headers = shared.anonymous(Accept=accept).get(path).headers
        for name, value in HEADERS.items():
            assert headers.get_all(name) == [value]
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers

    def test_the_policy_is_the_designed_one(self) -> None:
        assert CSP == DESIGNED

    def test_tls_is_kept(self, shared: Api) -> None:
        headers = shared.anonymous().get("/", base_url="https://localhost").headers
        assert headers["Strict-Transport-Security"].startswith("max-age=")

    def test_answers_of_the_api_are_not_stored(self, shared: Api) -> None:
        for path in ("/api/users", "/api/openapi.json", "/healthz"):
            assert shared.anonymous().get(path).headers["Cache-Control"] == "no-store"


class TestStaticFiles:
    """Read once, served from memory, kept for ever by whoever got them."""

    @pytest.fixture
    def prefix(self, shared: Api) -> str:
        found = re.search(r"/static/\w+", shared.anonymous().get("/").text)
        assert found is not None
        return found[0]

    @pytest.mark.parametrize(
        ("name", "kind"),
        [("css/base.css", "text/css"), ("js/main.js", "text/javascript"), ("icon.svg", "image/svg+xml")],
    )
    def test_a_file(self, shared: Api, prefix: str, name: str, kind: str) -> None:
        response = shared.anonymous().get(f"{prefix}/{name}")
        assert (response.status_code, response.mimetype) == (200, kind)
        assert response.data.decode() == uncommented((FOLDER / name).read_text(), Path(name).suffix)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in response.headers

    def test_sheets_together_are_looked_through_once_each_in_whatever_order(
        self, shared: Api, prefix: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked: list[str] = []

        def looking(source: str, suffix: str) -> str:
            looked.append(source)
            return uncommented(source, suffix)

        monkeypatch.setattr(static, "uncommented", looking)
        names = ("tokens", "base", "controls")
        sheets = {name: uncommented((FOLDER / f"css/{name}.css").read_text(), ".css") for name in names}
        for order in permutations(names):
            response = shared.anonymous().get(f"{prefix}/css/{'+'.join(order)}.css")
            assert response.text == "\n".join(sheets[name] for name in order)
        assert len(looked) <= len(names)
        for path in ("css/base+base.css", "css/base+nothing.css", "css/+.css"):
            refused(shared.anonymous().get(f"{prefix}/{path}"), 404, "not_found")

    def test_every_emoji_with_its_names(self, shared: Api, prefix: str) -> None:
        found: list[list[str]] = shared.anonymous().get(f"{prefix}/emoji.json").get_json()
        assert ["👍", "thumbsup", "+1", "thumbs_up"] in found
        assert all(shortcodes.emoji(f":{name}:") for _, *names in found for name in names)

    def test_compressed(self, shared: Api, prefix: str) -> None:
        response = shared.anonymous(**{"Accept-Encoding": "br, gzip"}).get(f"{prefix}/css/base.css")
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.data).decode() == uncommented((FOLDER / "css/base.css").read_text(), ".css")
        plain = shared.anonymous(**{"Accept-Encoding": "gzip;q=0"}).get(f"{prefix}/css/base.css")
        assert "Content-Encoding" not in plain.headers
        assert plain.headers["ETag"] != response.headers["ETag"]

    def test_not_modified(self, shared: Api, prefix: str) -> None:
        first = shared.anonymous().get(f"{prefix}/css/base.css")
        again = shared.anonymous(**{"If-None-Match": first.headers["ETag"]}).get(f"{prefix}/css/base.css")
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["X-Content-Type-Options"] == "nosniff"

    def test_the_page_of_an_older_version_gets_todays_file(self, shared: Api) -> None:
        response = shared.anonymous().get("/static/0123456789ab/js/main.js")
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-cache")

    @pytest.mark.parametrize(
        "name",
        [
            *(
                "",
                "nothing.js",
                "../app.py",
                "%2e%2e/app.py",
                "..%2fapp.py",
                "js/../../app.py",
                "/etc/passwd",
                "js",
                "js/",
            ),
            *("js%5cmain.js", "js/main.js%00", "js/main.js/"),
        ],
    )
    def test_nothing_else_is_reached(self, shared: Api, prefix: str, name: str) -> None:
        refused(shared.anonymous().get(f"{prefix}/{name}"), 404, "not_found")

    def test_the_icon_is_found_where_browsers_look(self, shared: Api) -> None:
        response = shared.anonymous().get("/favicon.ico")
        assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
        refused(shared.anonymous().get("/robots.txt"), 404, "not_found")

    def test_the_digest_is_of_all_files(self, tmp_path: Path) -> None:
        (tmp_path / "js").mkdir()
        (tmp_path / "js" / "a.js").write_text("1")
        (tmp_path / "b.css").write_text("2")
        (tmp_path / "notes.md").write_text("not for browsers")
        first = StaticFiles.read(tmp_path)
        assert set(first.files) == {"js/a.js", "b.css", "emoji.json"}
        assert StaticFiles.read(tmp_path).digest == first.digest
        (tmp_path / "js" / "a.js").write_text("3")
        second = StaticFiles.read(tmp_path)
        (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "c.js")
        assert len({first.digest, second.digest, StaticFiles.read(tmp_path).digest}) == 3
