"""Search over the API."""

from typing import Annotated

from flask import Blueprint, Response
from msgspec import Meta, Struct

from parley.core import search
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, query
from parley.faces.web.operation import Operation
from parley.node import Node
from parley.wire import Id, Message


class SearchQuery(Struct, forbid_unknown_fields=True):
    """What to look for, in the language of docs/api.md. `before`: the `next` of the page before; `room`: only there."""

    q: str
    order: search.Order = "relevance"
    before: str | None = None
    room: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=search.PAGE)] = 20


class Piece(Struct):
    """A part of an excerpt, as plain text; `hit`: it is what was looked for."""

    text: str
    hit: bool


class SearchResult(Struct):
    """A message that was found, and the text around the first hit."""

    message: Message
    excerpt: list[Piece]


class SearchResults(Struct):
    """A page of what was found. `next`: ask again with this as `before`; null: there is no more."""

    results: list[SearchResult]
    next: str | None


SEARCH = (
    Operation(
        "get",
        "/api/search",
        "A page of the messages that fit a query, of all that one may read.",
        {200: SearchResults},
        query=SearchQuery,
    ),
)


def search_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/search`."""
    routes = Blueprint("search", __name__)

    @routes.get("/api/search")
    def look() -> Response:
        session = visitors.signed_in()
        node.limits.spend("search", session.user)
        wanted = query(SearchQuery)
        found = search.page(node.store, session.user, wanted.q, wanted.order, wanted.before, wanted.limit, wanted.room)
        results = [
            SearchResult(each.message, [Piece(text, hit) for text, hit in each.excerpt]) for each in found.results
        ]
        return answer(SearchResults(results, found.next))

    return routes
