"""What a client sent, read as one of its frames, or what is wrong with it. Pure."""

import json

import msgspec
from msgspec import Struct

from parley.errors import Invalid
from parley.wire import ClientFrame, Key

_client: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


class NotJSON(Exception):
    """The bytes are no JSON at all, so nothing after them can be trusted; the socket is closed with 1007."""


def parse(data: str | bytes) -> ClientFrame:
    """Read one frame of a client.

    Raises NotJSON when it is no JSON, and Invalid with a sentence for the developer of the client when it
    is JSON of another shape: an unknown type or field, a missing field, a value out of its bounds.
    """
    try:
        return _client.decode(data)
    except msgspec.ValidationError as error:
        refusal = Invalid(f"The frame does not fit the protocol: {error}.")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # RFC 8259 §8.2 allows escapes of unpaired surrogates; msgspec does not, and neither do we, but they are JSON.
        refusal = Invalid("The frame holds text that is no Unicode, such as half of a surrogate pair.")
    raise refusal if _is_json(data) else NotJSON


def _is_json(data: str | bytes) -> bool:
    try:
        # Decoded here, for `loads` would guess UTF-16 as well; a frame of text is UTF-8 (RFC 6455 §8.1).
        json.loads(data if isinstance(data, str) else data.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return False
    return True


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and the infinities are Python's idea


class _Keyed(Struct):
    key: Key | None = None


_keyed = msgspec.json.Decoder(_Keyed)


def key_of(data: str | bytes) -> str | None:
    """The key of a frame that `parse` refused, so that the client can match the refusal to its command."""
    try:
        return _keyed.decode(data).key
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
