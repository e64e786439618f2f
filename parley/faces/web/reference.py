"""Every operation of the API: what it takes, what it answers, how it may refuse. `openapi.py` tells it to programs."""

from parley.faces.web.attention import ATTENTION
from parley.faces.web.export import EXPORT
from parley.faces.web.files import FILES
from parley.faces.web.members import MEMBERS
from parley.faces.web.messages import MESSAGES
from parley.faces.web.operation import JSON, Operation
from parley.faces.web.operations import OPERATING
from parley.faces.web.pictures import PICTURES
from parley.faces.web.preferences import PREFERENCES
from parley.faces.web.reading import READING
from parley.faces.web.removal import REMOVAL
from parley.faces.web.rooms import ROOMS
from parley.faces.web.search import SEARCH
from parley.faces.web.sessions import SESSIONS
from parley.faces.web.sign_in import SIGN_IN
from parley.faces.web.threads import THREADS
from parley.faces.web.tokens import TOKENS
from parley.faces.web.users import USERS

OPERATIONS = (
    *SIGN_IN,
    *USERS,
    *PREFERENCES,
    *PICTURES,
    EXPORT,
    *REMOVAL,
    *TOKENS,
    *SESSIONS,
    *MESSAGES,
    *THREADS,
    *ROOMS,
    *MEMBERS,
    *ATTENTION,
    *READING,
    *SEARCH,
    *FILES,
    *OPERATING,
    Operation("get", "/api/openapi.json", "This document.", {200: JSON}, login="anyone"),
)
