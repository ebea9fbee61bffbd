"""Everything a running desk is made of: the ledger and its standing, names, accounts, work under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from riwaya.ledger import Ledger
from riwaya.questions.names import Names
from riwaya.questions.standing import Desk, Standing
from riwaya.web.answers import dumped, tagged
from riwaya.web.jobs import Jobs
from riwaya.web.safety import Limiter
from riwaya.web.settings import Settings
from riwaya.web.state import State

ATTEMPTS = 5  # to sign in, a minute, under one name from one address
ATTEMPTS_FROM = 30  # from one address, whatever the name


class House:
    """What every route works with."""

    def __init__(
        self, ledger: Ledger, pack: Any, reader: Any, settings: Settings, state: State, address: str
    ) -> None:
        self.ledger = ledger
        self.pack = pack
        self.reader = reader
        self.settings = settings
        self.state = state
        self.address = address
        self.desk = Desk(ledger, pack)
        self.names = Names(pack)
        self.jobs = Jobs(self.desk, reader, address)
        self.attempts = Limiter(ATTEMPTS)
        self.attempts_from = Limiter(ATTEMPTS_FROM)

    @property
    def read_only(self) -> bool:
        """Whether the ledger may only be read."""
        seen = self.desk.seen()
        return seen is not None and seen.kept is None

    def now(self) -> Standing:
        """The ledger as it stands."""
        return self.desk.now()

    def close(self) -> None:
        """Finish what is under way and let go of everything."""
        self.jobs.close()
        self.state.close()
        self.ledger.close()

    def told(self, request: Request, make: Callable[[Standing], Any]) -> Response:
        """An answer that changes only with the ledger, or with what the packs know."""
        standing = self.now()
        return tagged(request, f"{standing.tag}.{self.pack.digest[:8]}", lambda: make(standing))

    def kept(self, request: Request, key: Any, make: Callable[[Standing], Any]) -> Response:
        """The same for what is dear to make: made once for each state of the ledger."""
        return self.told(
            request, lambda standing: standing.once("answers:kept", key, 24, lambda: dumped(make(standing)))
        )
