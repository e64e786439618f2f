"""The least that fan-out can cost here: a loop that writes the same bytes to every socket, and nothing else.

`floor.py BYTES`: whoever says `hello` is in the room, a line of anybody else's makes one round.
"""

import os
import selectors
import socket
import sys


def main() -> None:
    """Serve at a port that is free, and say which."""
    payload = b"x" * (int(sys.argv[1]) - 4) + b"end\n"
    door = socket.create_server(("127.0.0.1", 0), backlog=4096)
    selector = selectors.DefaultSelector()
    selector.register(door, selectors.EVENT_READ)
    room: list[int] = []
    print(f"listening at {door.getsockname()[1]}", flush=True)
    while True:
        for key, _ in selector.select():
            if key.fileobj is door:
                person, _ = door.accept()
                person.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as a WebSocket server does
                selector.register(person, selectors.EVENT_READ, person)
                continue
            said = key.data.recv(65536)
            if not said:
                return  # the measurement is over
            if said == b"hello\n":
                room.append(key.fd)
                os.write(key.fd, b"welcome\n")
                continue
            for number in room:
                os.write(number, payload)
            os.write(key.fd, b"ack\n")


if __name__ == "__main__":
    main()
