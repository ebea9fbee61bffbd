"""The desk over HTTP: routes only; each asks a view."""
