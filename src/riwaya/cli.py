"""One command per question or act; see ``riwaya --help``."""
