"""What the system knows, apart from what it does."""
