"""The page: the chat for who is signed in, the form for who is not."""

from contextlib import suppress

from flask import Blueprint, Response, make_response, render_template
from jinja2 import Environment

from parley.core import profiles, sessions
from parley.errors import Unavailable
from parley.faces.web.authentication import Visitors
from parley.faces.web.cookie import SessionCookie
from parley.node import Node

TITLE = "Parley"


def shell(templates: Environment, node: Node, static: str) -> str:
    """The page with nobody in it: offline, a browser fills it with what it has kept of whoever was signed in there."""
    nobody = {"user": {"id": "", "nickname": ""}, "general": "", "room": ""}
    page = templates.get_template("page.html")
    return page.render(
        title=TITLE, longest=node.settings.message_length, largest=node.settings.file_size, static=static, **nobody
    )


def pages(node: Node, visitors: Visitors, cookie: SessionCookie) -> Blueprint:
    """The pages for people."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    @routes.get("/search")
    @routes.get("/rooms")
    @routes.get("/rooms/<int:room>")
    @routes.get("/rooms/<int:room>/threads/<int:thread>")
    @routes.get("/rooms/<int:room>/messages/<int:message>")
    def page(room: int | None = None, thread: int | None = None, message: int | None = None) -> Response:
        # Whether there is such a room, thread or message, and whose, is asked for by the page; it is the same for all.
        session = visitors.by_cookie()
        user = None if session is None else {"id": session.user, "nickname": session.nickname}
        general = node.store.general
        theme = "system" if session is None else profiles.preferences(node.store, session.user).theme
        shown = {"theme": theme, "general": general, "room": general if room is None else room}
        limits = {"longest": node.settings.message_length, "largest": node.settings.file_size}
        page = render_template("page.html", title=TITLE, user=user, **limits, **shown)
        response = make_response(page)
        secret = cookie.secret() if session is not None else None
        if session is not None and secret is not None and sessions.aging(session):
            with suppress(Unavailable):  # then at the next visit
                cookie.put(response, secret, node.store.run(sessions.Renew(session)))
        return response

    return routes
