"""Ports for servers that cannot be asked for any free one, or must keep theirs while they are away."""

import random
import socket


def free_port() -> int:
    """A port that nobody listens at, outside of the range from which the kernel gives ports to clients.

    A random one, so that two runs of the tests at once seldom want the same.
    """
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
