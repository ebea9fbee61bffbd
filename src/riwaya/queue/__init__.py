"""Adding as a queue of jobs in PostgreSQL, through procrastinate: several processes and hosts share it."""

from riwaya.queue.jobs import Failed, QueueError, failed, forget, put, retry, status, watch, watched

__all__ = ["Failed", "QueueError", "failed", "forget", "put", "retry", "status", "watch", "watched"]
