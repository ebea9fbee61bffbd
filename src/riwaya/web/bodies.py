"""What can be sent: the bodies of writing requests, checked before anything is done with them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from riwaya.web.params import nothing, plain
from riwaya.web.state import LONGEST_PASSWORD, ROLES

LONGEST_TEXT = 400_000
MOST_CLAIMS = 500

Id = Annotated[str, Field(max_length=200), AfterValidator(plain)]
Said = Annotated[str, Field(max_length=500), AfterValidator(plain)]
Note = Annotated[str, Field(max_length=4000), AfterValidator(plain)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Role = Literal["reader", "reviewer", "admin"]
assert set(ROLES) == {"reader", "reviewer", "admin"}
Published = Annotated[Annotated[str, Field(max_length=40)] | None, BeforeValidator(nothing)]


class Body(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Body):
    """A name and a password."""

    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)]


class Rename(Body):
    """Who sits at this computer."""

    name: Annotated[str, Field(min_length=1, max_length=64)]


class NewUser(Body):
    """An account to make."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)]
    role: Role = "reviewer"


class ChangedUser(Body):
    """What of an account is to be otherwise."""

    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)] = ""
    role: Role | Literal[""] = ""


class NamedBody(Body):
    """Somebody: a known body by its id, or an unknown one by name."""

    id: Id = ""
    name: Said = ""


class NamedPlace(NamedBody):
    """A place: of the gazetteer by its id, or any point by name."""

    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None


class Voice(NamedBody):
    """One voice of a chain."""

    kind: Literal[
        "party",
        "official",
        "monitor",
        "media",
        "agency",
        "resident",
        "witness",
        "footage",
        "unnamed",
        "analyst",
        "document",
    ] = "unnamed"


class HowMany(Body):
    """A quantity by its bounds."""

    min: Annotated[float, Field(ge=0, le=1e9)] | None = None
    max: Annotated[float, Field(ge=0, le=1e9)] | None = None
    unit: Said = "people"


class Changes(Body):
    """The fields of a claim that are otherwise than they were read; a field that is not named stays."""

    type: Id | None = None
    status: Literal["happened", "ongoing", "planned", "predicted", "denied", "hypothetical"] | None = None
    extent: Literal["whole", "part", "surroundings"] | None = None
    hedged: bool | None = None
    actor: Annotated[list[NamedBody], Field(max_length=20)] | None = None
    target: Annotated[list[NamedBody], Field(max_length=20)] | None = None
    place: Annotated[list[NamedPlace], Field(max_length=50)] | None = None
    toward: Annotated[list[NamedPlace], Field(max_length=50)] | None = None
    when: Annotated[list[date], Field(min_length=1, max_length=2)] | None = None
    quantity: HowMany | None = None
    chain: Annotated[list[Voice], Field(max_length=12)] | None = None

    def said(self) -> dict[str, Any]:
        """Only what was said, as plain data; a field may be cleared by saying null."""
        return self.model_dump(mode="json", exclude_unset=True)


class NewDecision(Body):
    """A decision about claims, with the version of each that was seen."""

    kind: Literal["accept", "not-a-claim", "correct", "same", "different", "note"]
    claims: Annotated[list[Id], Field(min_length=1, max_length=MOST_CLAIMS)]
    changes: Changes | None = None
    note: Note = ""
    seen: Annotated[dict[str, str], Field(max_length=MOST_CLAIMS)] = Field(default_factory=dict)


class Withdrawal(Body):
    """Why a decision is taken back."""

    note: Note = ""


class Pasted(Body):
    """A text with what is known of it."""

    text: Text
    title: Said = ""
    outlet: Said = ""
    published: Published = None
    url: Annotated[str, Field(max_length=2000), AfterValidator(plain)] = ""


class Tried(Body):
    """A text to read and not to keep."""

    text: Text
    title: Said = ""
    outlet: Said = ""
    published: Published = None


class Address(Body):
    """A page to fetch."""

    url: Annotated[str, Field(min_length=8, max_length=2000, pattern=r"^https?://")]
    outlet: Said = ""
    published: Published = None
