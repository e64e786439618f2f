"""People's pictures: sent over the API, and shown to whoever is signed in."""

from flask import Blueprint, Response, request

from parley.core import portraits
from parley.core.portraits import LARGEST, ChangePicture
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer
from parley.faces.web.operation import ANY, Operation
from parley.faces.web.users import find_user
from parley.node import Node
from parley.wire import User

PICTURES = (
    Operation(
        "put",
        "/api/users/{number}/picture",
        "Have another picture; the body is the picture as it is.",
        {200: User},
        body=ANY,
    ),
    Operation("delete", "/api/users/{number}/picture", "Have no picture any more.", {200: User}, refusals=(404,)),
    Operation(
        "get",
        "/pictures/{number}/{name}/{size}",
        "Somebody's picture, for as long as it is theirs.",
        {200: "image/webp"},
        login="reader",
        refusals=(404,),
    ),
)

KEPT = "private, max-age=31536000, immutable"  # the address names the content


def pictures_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resources `/api/users/ID/picture` and `/pictures`."""
    routes = Blueprint("pictures", __name__)

    def mine(number: int) -> int:
        visitors.themselves(number, "Only one's own picture can be changed.")
        node.limits.spend("post", number)
        return number

    @routes.put("/api/users/<id:number>/picture")
    def put(number: int) -> Response:
        request.max_content_length = LARGEST + 1  # so that what is too large is refused in its own words
        node.store.run(portraits.changed(mine(number), request.get_data(cache=False)))
        return answer(find_user(node, number))

    @routes.delete("/api/users/<id:number>/picture")
    def remove(number: int) -> Response:
        node.store.run(ChangePicture(mine(number)))
        return answer(find_user(node, number))

    @routes.get("/pictures/<id:number>/<name>/<id:size>")
    def show(number: int, name: str, size: int) -> Response:
        visitors.reader("download")
        content = portraits.read(node.store, number, name, size)
        response = Response(content, mimetype="image/webp")
        response.headers["Cache-Control"] = KEPT
        return response

    return routes
