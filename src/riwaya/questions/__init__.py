"""What the desk asks of a ledger, answered quickly: lists by the page, states by the day, what to review."""
