"""From a predicate and its arguments to a draft claim: which frame fits, and what fills its slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from riwaya.claims.grammar import Node
from riwaya.claims.knowledge import Frame, Light
from riwaya.claims.roles import Argument, Arguments

PLACEISH = frozenset({"place", "place-noun", "part-noun", "around-noun", "border", "road"})
ACTORISH = frozenset({"actor", "force", "body", "commander", "speaker", "person-name"})


@dataclass(slots=True)
class Filler:
    """A node in a slot, with the rule that put it there."""

    node: Node
    rule: str
    prep: str = ""


@dataclass(slots=True, eq=False)
class Draft:
    """A claim in the making."""

    node: Node
    frame: Frame
    type: str
    slots: dict[str, list[Filler]] = field(default_factory=dict)
    args: Arguments = field(default_factory=Arguments)
    light: Light | None = None
    light_node: Node | None = None
    parent: Draft | None = None
    cause: Node | None = None
    subject: Argument | None = None
    subject_rule: str = ""
    score: float = 0.0
    passive: bool = False
    spoken: bool = False  # its actor is the voice it stands in
    why: list[tuple[str, str]] = field(default_factory=list)

    def add(self, slot: str, fillers: Iterable[Filler]) -> None:
        """Put fillers into a slot that is still empty."""
        if slot not in self.slots:
            self.slots[slot] = list(fillers)

    def has(self, slot: str) -> bool:
        """Whether a slot is filled."""
        return bool(self.slots.get(slot))


def classes_of(node: Node) -> set[str]:
    """What a node may count as when a frame asks."""
    known = getattr(node, "_classes", None)
    if known is not None:
        return known  # type: ignore[no-any-return]
    out = set(node.classes)
    if node.kind == "q" or node.kind == "s":
        return {"pronoun", "actor", "place", "people", "force", "civilian", "detainee"}
    if node.kind == "e":
        out |= {"event", "cause"}
        return out
    if node.head_place is not None:
        out.add("place")
        level = getattr(node.head_place, "level", "")
        if level:
            out.add(level)
        if level in ("crossing", "border"):
            out.add("border")
    elif out & {"place-noun"}:
        out.add("place")
    elif out & {"part-noun", "around-noun"} and (node.places or node.enclitic):
        out.add("place")
    if not out and node.places and node.prep and node.kind == "n":
        out.add("place")
    if node.actors and out & {"force", "body", "commander", "speaker", "weapon-air", "weapon-ground"}:
        out.add("actor")
    if out & {"civilian", "person", "victim", "detainee"}:
        out.add("people")
    if "amount" in out and not out - {"amount", "quantified"}:
        out.add("people")
    if "speaker" in out:
        out.add("person")
    return out


def fits(classes: set[str], slots: Mapping[str, str]) -> str | None:
    """The slot an argument of these classes takes, by the frame's order of preference."""
    for name, slot in slots.items():
        if name in classes or name == "any":
            return slot
    return None


def roles_met(
    frame: Frame, roles: Mapping[str, set[str]], extra: set[str], *, happening: bool = False
) -> bool:
    """Whether ``with`` is satisfied and ``not_with`` is not; a happening may leave its subject unsaid."""
    for role, wanted in frame.with_.items():
        if role == "any":
            pool = set(extra)
            for classes in roles.values():
                pool |= classes
        elif role == "patient":
            pool = roles.get("object", set()) | roles.get("passive", set())
        elif role == "object":
            pool = roles.get("object", set()) | roles.get("passive", set())
        else:
            pool = roles.get(role, set())
            if role == "subject" and not pool and happening:
                continue
        if not pool & wanted:
            return False
    for role, banned in frame.not_with.items():
        pool = set().union(*roles.values()) | extra if role == "any" else roles.get(role, set())
        if pool & banned:
            return False
    return True


def specificity(frame: Frame) -> int:
    """Frames that ask for more are better when they get it."""
    return 2 * len(frame.with_) + len(frame.not_with)


def slot_words(frame: Frame) -> set[str]:
    """All slots a frame can fill."""
    out = set(frame.subject.values()) | set(frame.object.values())
    for slots in frame.preps.values():
        out |= set(slots.values())
    return out


def argument_classes(argument: Argument | None) -> set[str]:
    """The classes of all members of an argument."""
    out: set[str] = set()
    if argument is not None:
        for node in argument.nodes:
            out |= classes_of(node)
    return out


def sure_classes(argument: Argument | None) -> set[str]:
    """The same, where a pronoun is only a pronoun: what ``with`` may rely on."""
    out: set[str] = set()
    if argument is not None:
        for node in argument.nodes:
            out |= {"pronoun"} if node.kind in "qs" else classes_of(node)
    return out


def first_fitting(frames: Sequence[Frame], classes: set[str], role: str) -> bool:
    """Whether some frame takes these classes in this role."""
    for frame in frames:
        slots = frame.subject if role == "subject" else frame.object
        if fits(classes, slots) is not None:
            return True
    return False


def word_classes(node: Node, extra: Any = None) -> set[str]:
    """What a happening's own adjectives and noun say for ``becomes`` and ``with: any``."""
    return set(node.adjectives) | node.classes
