"""Answers: lists that a notebook renders and that become tables of Arrow, pandas or polars."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from riwaya.model import Claim

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from riwaya.notebook.words import Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cited:
    """A claim with where it was published: what is needed to cite it."""

    claim: Claim
    outlet: str = ""
    title: str = ""
    published: str | None = None
    url: str = ""
    day: date | None = None
    words: Any = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """The object that ``riwaya claims --json`` prints."""
        about = {"outlet": self.outlet, "title": self.title, "published": self.published, "url": self.url}
        return {**self.claim.to_json(), **about}

    def _repr_html_(self) -> str:
        from riwaya.notebook import html

        said = self.to_json()
        return html.claim(said, self.words or plain_words(), said)


class Record(Mapping[str, Any]):
    """An event, a holding or a dispute: the object that the command of that name prints with ``--json``."""

    __slots__ = ("_fields", "_render", "words")

    def __init__(self, fields: Mapping[str, Any], render: str, words: Words) -> None:
        self._fields, self._render, self.words = dict(fields), render, words

    def __getitem__(self, key: str) -> Any:
        return self._fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Record({self._fields!r})"

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return dict(self._fields)

    def _repr_html_(self) -> str:
        from riwaya.notebook import html

        render = {"event": html.event, "dispute": html.dispute}.get(self._render)
        return render(self, self.words) if render else html.holdings([self], self.words)


class Listing(Sequence[T], Generic[T]):
    """An answer: a list that knows its columns and how a notebook shows it.

    ``problems`` are the inputs that could not be read, in words.
    """

    def __init__(
        self,
        items: Sequence[T],
        table: str,
        words: Words,
        draw: Callable[[Sequence[T]], str] | None = None,
        problems: Sequence[str] = (),
    ) -> None:
        self.items, self.table, self.words = tuple(items), table, words
        self.problems = tuple(problems)
        self._draw = draw

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Listing[T]: ...
    def __getitem__(self, at: int | slice) -> T | Listing[T]:
        if isinstance(at, slice):
            return Listing(self.items[at], self.table, self.words, self._draw, self.problems)
        return self.items[at]

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.table}>"

    def to_arrow(self) -> pyarrow.Table:
        """A table of Arrow; needs the extra ``parquet`` or ``notebook``."""
        from riwaya.library.columns import table_of

        wanted("pyarrow")
        return table_of(self.table, self.items)

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of pandas, with missing numbers and days kept apart from zeros; needs ``notebook``."""
        wanted("pandas")
        return self.to_arrow().to_pandas(date_as_object=True)

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars; needs ``notebook``."""
        made: polars.DataFrame = wanted("polars").from_arrow(self.to_arrow())
        return made

    def _repr_html_(self) -> str:
        from riwaya.notebook import html

        if self._draw and self.items:
            return self._draw(self.items)
        shown = [one._repr_html_() for one in self.items[: html.MOST]]  # type: ignore[attr-defined]
        return html.many(shown, len(self), self.words)


def wanted(package: str) -> Any:
    """A package of an extra; raises ImportError that says how to get it."""
    try:
        return import_module(package)
    except ImportError as error:
        raise ImportError(f"this needs {package}: pip install 'riwaya[notebook]'") from error


def plain_words() -> Words:
    """English, without the packs' names."""
    from riwaya.notebook.words import Words

    return Words()
