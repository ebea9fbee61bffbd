"""Claims, events, holdings and disputes as a notebook shows them: right to left, every word escaped."""
