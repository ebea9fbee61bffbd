"""Commands that the command line takes in: each module adds its own to the application."""
