"""The browser part: routes only; each asks a view."""
