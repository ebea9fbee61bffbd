"""On the path of the processes that an archive test starts: a reader that some words kill."""

import contextlib
import ctypes
import time

from making import FakeReader


class Poisoned(FakeReader):
    """Reads as FakeReader does, and dies of what it is told to die of."""

    def read(self, report, pack):
        text = report.text
        if "SLOW" in text:
            time.sleep(0.004)
        if "CRASH" in text:
            ctypes.string_at(0)
        while "STALL" in text:
            pass
        if "EAT" in text:
            return [bytearray(64 * 1024 * 1024) for _ in range(1000)]
        if "RAISE" in text:
            raise ValueError("a mistake of the reader's")
        return super().read(report, pack)


with contextlib.suppress(ImportError):
    import riwaya.claims

    riwaya.claims.READERS = (Poisoned(),)

with contextlib.suppress(ImportError):
    from fsspec import register_implementation
    from fsspec.implementations.local import LocalFileSystem

    class Unlocked(LocalFileSystem):
        """Files of this machine in a store that has no locks and no renaming of ours."""

        protocol = "unlocked"

        @classmethod
        def _strip_protocol(cls, path):
            return LocalFileSystem._strip_protocol(str(path).removeprefix("unlocked://"))

    register_implementation("unlocked", Unlocked)
