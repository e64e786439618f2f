"""The rules, one noun a file: what may be done and what follows. Every face comes through here."""
