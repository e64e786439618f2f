"""The Flask application, put together."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter

from parley.faces.web.attention import attention_api
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import LONGEST, Request
from parley.faces.web.cookie import SessionCookie
from parley.faces.web.export import export_api
from parley.faces.web.files import files_api
from parley.faces.web.members import members_api
from parley.faces.web.messages import messages_api
from parley.faces.web.openapi import openapi
from parley.faces.web.operations import operations
from parley.faces.web.pages import pages, shell
from parley.faces.web.pictures import pictures_api
from parley.faces.web.preferences import preferences_api
from parley.faces.web.problems import tell_problems
from parley.faces.web.reading import reading_api
from parley.faces.web.removal import removal_api
from parley.faces.web.rooms import rooms_api
from parley.faces.web.search import search_api
from parley.faces.web.security import secure
from parley.faces.web.sessions import sessions_api
from parley.faces.web.sign_in import sign_in
from parley.faces.web.static import StaticFiles, static_files
from parley.faces.web.threads import threads_api
from parley.faces.web.tokens import tokens_api
from parley.faces.web.users import users_api
from parley.node import Node


class IdConverter(IntegerConverter):
    """A number in a path; one that no database could hold is an address that does not exist."""

    regex = "[0-9]{1,16}"

    def __init__(self, map: object) -> None:
        super().__init__(map, max=2**53)  # type: ignore[arg-type]


def create_app(node: Node) -> Flask:
    """The web face of a node, as a WSGI application. The node may be started later, but before a request comes."""
    app = Flask("parley.faces.web", static_folder=None, template_folder="templates")
    app.request_class = Request
    app.config.update(MAX_CONTENT_LENGTH=LONGEST, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = IdConverter
    app.jinja_env.undefined = StrictUndefined

    offline = node.settings.offline
    app.jinja_env.globals["offline"] = offline
    files = StaticFiles.read().with_shell(lambda prefix: shell(app.jinja_env, node, prefix))
    app.jinja_env.globals["static"] = files.prefix
    cookie = SessionCookie(node)
    visitors = Visitors(node, cookie)
    for blueprint in (
        pages(node, visitors, cookie),
        static_files(files, offline),
        sign_in(node, visitors, cookie),
        users_api(node, visitors, cookie),
        preferences_api(node, visitors),
        pictures_api(node, visitors),
        export_api(node, visitors),
        removal_api(node, visitors, cookie),
        sessions_api(node, visitors),
        tokens_api(node, visitors),
        messages_api(node, visitors),
        threads_api(node, visitors),
        rooms_api(node, visitors),
        members_api(node, visitors),
        reading_api(node, visitors),
        attention_api(node, visitors),
        search_api(node, visitors),
        files_api(node, visitors),
        operations(node, visitors),
        openapi(),
    ):
        app.register_blueprint(blueprint)
    tell_problems(app, node)
    secure(app)
    return app
