"""People's pictures: made anew from what is sent, shown to who is signed in, and nothing else of them is kept."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from parley.core.portraits import LARGEST
from parley.files.portrait import PIXELS, SIZES
from tests.api import Api, Caller, got, refused
from tests.pictures import PLACE, bomb, opened, picture, telling

BYTES = "application/octet-stream"


def send(caller: Caller, data: bytes, number: int = 0) -> TestResponse:
    """Have this picture."""
    return caller.put(f"/api/users/{number or caller.id}/picture", data=data, content_type=BYTES)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_a_picture_becomes_squares_of_two_sizes(api: Api, kind: str) -> None:
    ann, bob = api.person("ann"), api.person("bob")
    name = got(send(ann, picture(kind, (400, 200))))["picture"]
    assert got(bob.get(f"/api/users?ids={ann.id}"))["users"][0]["picture"] == name
    for size in SIZES:
        response = bob.get(f"/pictures/{ann.id}/{name}/{size}")
        assert (response.mimetype, response.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert "immutable" in response.headers["Cache-Control"]
        assert "private" in response.headers["Cache-Control"]
        image = opened(response.data)
        assert image.size == (size, size)
        left, right = (image.convert("RGB").getpixel((x, size // 2)) for x in (size // 8, size - size // 8))
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        assert left[0] > 200 > left[2]  # the middle of it, red on the left and blue on the right
        assert right[2] > 200 > right[0]


def test_nothing_of_the_camera_is_left_and_it_stands_upright(api: Api) -> None:
    ann = api.person("ann")
    sent = picture("JPEG", (400, 200), exif=telling(orientation=6))
    assert b"Spy" in sent
    name = got(send(ann, sent))["picture"]
    shown = ann.get(f"/pictures/{ann.id}/{name}/256").data
    assert not opened(shown).getexif()
    for told in (b"Spy", b"Exif", b"EXIF", PLACE.encode()):
        assert told not in shown
    above = opened(shown).convert("RGB").getpixel((128, 20))
    assert isinstance(above, tuple)
    assert above[0] > 200  # turned by a quarter: red is above


def test_another_picture_takes_the_place_of_the_first_and_none_too(api: Api) -> None:
    ann = api.person("ann")
    turned = picture("JPEG", exif=telling(orientation=6))
    first, second = (got(send(ann, data))["picture"] for data in (picture(), turned))
    assert got(send(ann, turned))["picture"] == second
    refused(ann.get(f"/pictures/{ann.id}/{first}/96"), 404, "not_found")
    assert ann.get(f"/pictures/{ann.id}/{second}/96").status_code == 200
    assert "picture" not in got(ann.delete(f"/api/users/{ann.id}/picture"))
    refused(ann.get(f"/pictures/{ann.id}/{second}/96"), 404, "not_found")
    assert "picture" not in got(ann.delete(f"/api/users/{ann.id}/picture"))


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"no picture", picture()[:-40], bomb(), bomb(PIXELS, 2)),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    ],
)
def test_what_is_no_picture_is_refused(shared: Api, shared_person: Caller, data: bytes) -> None:
    refused(send(shared_person, data), 400, "not_a_picture")
    assert "picture" not in got(shared_person.get(f"/api/users/{shared_person.id}"))


def test_a_picture_may_be_as_large_as_it_says_and_no_larger(api: Api) -> None:
    ann = api.person("ann")
    whole = picture("PNG")
    got(send(ann, whole + bytes(LARGEST - len(whole))))
    assert "2 MB" in refused(send(ann, whole + bytes(LARGEST + 1 - len(whole))), 413, "too_large")


def test_who_may_have_which_picture_and_see_it(make_api: Callable[..., Api]) -> None:
    api = make_api(admins=("root",))
    root, ann, bob = api.person("root"), api.person("ann"), api.person("bob")
    name = got(send(ann, picture()))["picture"]
    for other in (root, bob):
        refused(send(other, picture(), ann.id), 403, "denied")
        refused(other.delete(f"/api/users/{ann.id}/picture"), 403, "denied")
    stranger = api.anonymous()
    refused(send(stranger, picture(), ann.id), 401, "unauthenticated")
    refused(stranger.get(f"/pictures/{ann.id}/{name}/96"), 401, "unauthenticated")
    refused(bob.get(f"/pictures/{bob.id}/{name}/96"), 404, "not_found")
    refused(bob.get(f"/pictures/{ann.id}/{name}/97"), 404, "not_found")


def test_a_list_of_people_with_pictures_leaves_the_api_to_them(make_api: Callable[..., Api]) -> None:
    """Each is a request of its own, as many as there are people in a list."""
    ann = make_api(api_rate="3/day", download_rate="5/day").person("ann")
    name = got(send(ann, picture()))["picture"]
    path = f"/pictures/{ann.id}/{name}/96"
    assert [ann.get(path).status_code for _ in range(6)] == [200] * 5 + [429]
    got(ann.get(f"/api/users/{ann.id}"))
