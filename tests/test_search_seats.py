"""Nobody finds what they may not read."""

import pytest

from parley.core.messages import Edit
from parley.errors import Invalid
from tests.searching import Leave, look
from tests.stores import Place, execute


@pytest.mark.usefixtures("near")
def test_nothing_is_found_where_one_may_not_read(place: Place) -> None:
    ann, bob = place.register(), place.register()
    den = place.room(ann, bob)
    number = place.post(ann, "the secret plan", room=den).message.id
    assert look(place, bob, "secret") == [number]
    outsider = place.register()
    assert look(place, outsider, "secret") == []
    name = max(place.rows("rooms"))[1]
    for who in (outsider, bob):
        if who == bob:
            place.run(Leave(den, bob))
        assert look(place, who, "secret") == look(place, who, "from:me secret") == []
        with pytest.raises(Invalid, match="in no room called"):
            look(place, who, f'in:"{name}" secret')
        with pytest.raises(Invalid, match="in no room called"):
            look(place, who, "in:nowhere secret")
    place.run(Leave(place.general, outsider))
    assert look(place, outsider, "secret") == []
    assert look(place, outsider, "has:link") == []
    assert look(place, ann, "secret") == [number]


@pytest.mark.usefixtures("near")
def test_who_came_later_finds_what_was_said_since(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.room(ann, bob)
    before = place.post(ann, "apple before", room=room)
    execute(place.settings, f"UPDATE members SET since = {before.seq} WHERE room_id = {room} AND user_id = {bob}")
    after = place.post(ann, "apple after", room=room).message.id
    assert look(place, bob, "apple") == [after]
    assert look(place, ann, "apple") == [after, before.message.id]
    place.run(Edit(ann, before.message.id, "apple, edited now"))
    assert look(place, bob, "apple", order="relevance") == [after]
