"""Routes, one file for each thing the desk shows."""
