"""The socket's face: connections, room channels, fan-out, and the server that carries HTTP as well."""
