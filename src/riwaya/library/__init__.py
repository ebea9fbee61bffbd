"""What ``import riwaya`` offers: reading, a ledger to ask, and answers that a notebook shows."""
