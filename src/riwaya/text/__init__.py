"""The text as it came, and the text as we read it: every piece keeps its place in the original."""
