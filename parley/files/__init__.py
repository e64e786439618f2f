"""The bytes of files: where they are kept, what kind they are, what of a picture may be shown."""
