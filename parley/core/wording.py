"""What people call and describe things with: whether it is text at all, and whether it is a line of it. Pure."""

from parley.errors import Invalid


def is_text(raw: str) -> bool:
    """Whether databases can store it: no NUL, and no half of a surrogate pair, which JSON can hold and UTF-8 cannot."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in raw


def one_line(raw: str, what: str, longest: int) -> str:
    """The text in one line, with single spaces; may be empty. `what` it is, for the refusal. Raises Invalid."""
    line = " ".join(raw.split())
    if len(line) > longest:
        raise Invalid(f"A {what} has at most {longest} characters; shorten it.", code="too_long")
    if not is_text(line) or any(each < " " for each in line):
        raise Invalid(f"The {what} holds characters that are no text.", code="invalid_text")
    return line
