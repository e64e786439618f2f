"""What a person likes, over the API."""

from flask import Blueprint, Response
from msgspec import UNSET, Struct, UnsetType

from parley.core import profiles
from parley.core.profiles import ChangePreferences, Theme
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body
from parley.faces.web.operation import Operation
from parley.node import Node


class Preferences(Struct):
    """How the page looks, and whether others are told that one is typing."""

    theme: Theme
    typing: bool


class PreferencesChange(Struct, forbid_unknown_fields=True):
    """What is to be changed of them."""

    theme: Theme | UnsetType = UNSET
    typing: bool | UnsetType = UNSET


PREFERENCES = (
    Operation("get", "/api/users/{number}/preferences", "What one likes.", {200: Preferences}, refusals=(403, 404)),
    Operation(
        "patch",
        "/api/users/{number}/preferences",
        "Change what one likes.",
        {200: Preferences},
        body=PreferencesChange,
        refusals=(404,),
    ),
)


def preferences_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/users/ID/preferences`."""
    routes = Blueprint("preferences", __name__)

    def mine(number: int) -> int:
        return visitors.themselves(number, "Only one's own preferences can be read and changed.").user

    def shown(number: int) -> Response:
        return answer(Preferences(*profiles.preferences(node.store, number)))

    @routes.get("/api/users/<id:number>/preferences")
    def look(number: int) -> Response:
        return shown(mine(number))

    @routes.patch("/api/users/<id:number>/preferences")
    def change(number: int) -> Response:
        node.limits.spend("post", mine(number))
        wanted = body(PreferencesChange)
        theme = None if wanted.theme is UNSET else wanted.theme
        node.store.run(ChangePreferences(number, theme, None if wanted.typing is UNSET else wanted.typing))
        return shown(number)

    return routes
