"""Who, where, when, how many: what a report names, as token ranges."""
