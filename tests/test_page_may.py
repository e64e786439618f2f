"""The page offers what the server allows and nothing else: `may.js` beside `core/permissions.py`, in every standing."""

import json
import subprocess
import sys
from pathlib import Path

from parley.core import permissions
from parley.seats import RoomFacts, Seat

NODE = Path(sys.executable).with_name("node")
SCRIPT = Path(__file__).parent / "js" / "may.js"
RULES = {
    "mayLeave": permissions.may_leave,
    "mayInvite": permissions.may_invite,
    "mayRename": permissions.may_rename,
    "maySetTopic": permissions.may_set_topic,
    "mayChooseHistory": permissions.may_choose_history,
    "mayArchive": permissions.may_archive,
    "mayChangeRole": permissions.may_change_role,
}


def test_the_page_knows_what_somebody_may_do() -> None:
    found = json.loads(subprocess.run([NODE, SCRIPT], capture_output=True, check=True, text=True).stdout)
    assert len(found) == 60
    for each in found:
        standing = each["standing"]
        room = RoomFacts(1, "tea", standing["kind"], archived=standing["archived"], general=standing["general"])
        seat = None if standing["role"] is None else Seat(1, standing["role"])
        assert each["says"] == {name: rule(seat, room) for name, rule in RULES.items()}, standing
        others = ("member", "moderator", "owner")
        removes = [other for other in others if permissions.may_remove(seat, room, Seat(2, other))]
        assert each["removes"] == removes, standing
