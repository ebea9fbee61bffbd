"""How fast, how large, how linear: ``make bench``."""
