"""The sound bench: the virtual plate as a program behind a sound server."""
