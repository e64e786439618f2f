"""The web face: the HTTP API, the page, signing in, and the files that a browser needs."""

from parley.faces.web.app import create_app

__all__ = ["create_app"]
