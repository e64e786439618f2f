"""Parley, a self-hosted chat server: a room is a log, a client is a cursor."""

__version__ = "0.1.0"
