"""Knowledge out: one file per format."""
