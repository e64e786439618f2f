"""Where a browser says that a request comes from: the defence against pages of strangers."""

from urllib.parse import urlsplit


def is_ours(origin: str, *, host: str, public_url: str, secure: bool = False) -> bool:
    """Whether an Origin header (RFC 6454) names this server.

    `host` is the Host header, `public_url` the setting; either will do. When the request came by TLS
    (`secure`), a page that did not is a stranger, for anybody on its way could have written it.
    """
    if public_url and origin == public_url.rstrip("/"):
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    schemes = {"https"} if secure else {"http", "https"}
    return parts.scheme in schemes and parts.netloc.lower() == host.lower() != ""
