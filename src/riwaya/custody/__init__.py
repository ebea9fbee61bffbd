"""The chain of custody: how each report came in, whether it is still what it was, and packages to hand on."""
