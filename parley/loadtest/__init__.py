"""Simulated people who talk over the public protocol, measure it, and check what it promises. A client, no server."""
