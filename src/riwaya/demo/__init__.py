"""A first look: bundled reports of ten days, read, kept, and shown as a list and a map."""
