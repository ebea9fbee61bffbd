"""How a report presents a happening: the nearest cue decides, then tense and the voice's own attitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riwaya.claims.drafts import SentenceDrafts
from riwaya.claims.frames import Draft
from riwaya.claims.grammar import Node, _fold_lemma
from riwaya.claims.roles import ENDS
from riwaya.claims.voices import Voice
from riwaya.model import Status

ALWAYS_HAPPENED = frozenset({"control_held"})
SPEECH = frozenset({"demand", "threat", "pledge"})
STATES = frozenset({"outage", "alert"})  # a state that lasts is told as being so, not as going on
REACH = 4  # nodes between a cue phrase and the happening it colours


def status_of(
    draft: Draft, nodes: Sequence[Node], drafts: SentenceDrafts, voice: Voice, headline: bool
) -> tuple[Status, str]:
    """The status of a draft and the cue that decided it."""
    if draft.type in ALWAYS_HAPPENED:
        return Status.HAPPENED, "a state that is"
    if draft.spoken and draft.type in SPEECH:
        return Status.HAPPENED, "said, and so done"
    denied = _denied(draft, nodes)
    if denied:
        return Status.DENIED, denied
    conditional = _conditional(draft, nodes)
    if conditional:
        return Status.HYPOTHETICAL, conditional
    light = _light(draft, nodes, drafts, headline)
    if light is not None and light[0] == Status.ONGOING and draft.type == "operation_launched":
        return Status.HAPPENED, "its beginning is told"
    if light is not None and draft.type == "aid" and light[0] == Status.DENIED:
        return Status.HAPPENED, "told as kept back"
    if light is not None:
        return light
    cue = _cue_before(draft, nodes, drafts.know.words)
    if cue is not None:
        return cue
    if "lasting" in draft.node.tags and draft.type not in SPEECH | STATES:
        return Status.ONGOING, "it still goes on"
    if voice.denies and draft.node.kind == "e":
        return Status.DENIED, "the voice denies it"
    if voice.expects:
        return Status.PREDICTED, "the voice expects it"
    return _tense(draft, nodes, headline)


def _denied(draft: Draft, nodes: Sequence[Node]) -> str:
    k = draft.node.index
    if any(n.text in ("سوي", "الا") for n in nodes[k + 1 : k + 12]):
        return ""
    for m in range(k - 1, max(-1, k - 3), -1):
        node = nodes[m]
        if node.kind == "g" and node.text != "سوف":
            if (
                draft.node.kind == "v"
                and m == k - 1
                or draft.node.kind == "e"
                and node.text in ("عدم", "دون", "بدون")
            ):
                if node.text == "لا" and draft.type in SPEECH:
                    return ""
                return f"negated by {node.text}"
        if node.kind == "a" and node.cues & {"status-denied", "voice-deny"}:
            return f"cue {node.text}"
        if node.kind in "vn":
            break
    if k >= 3 and nodes[k - 1].text == "اي" and any(n.kind == "g" for n in nodes[k - 4 : k - 1]):
        return "none of it, says the negation"
    return _denied_from_afar(draft, nodes)


def _denied_from_afar(draft: Draft, nodes: Sequence[Node]) -> str:
    """لا صحة لما يشاع عن استسلام…: a phrase of denial reaches over the rumour it denies."""
    if draft.node.kind != "e":
        return ""
    for node in nodes[draft.node.index + 1 :]:
        if node.kind == "x" and node.text in ENDS or node.kind == "s" and "break" in node.tags:
            break
        if node.kind == "a" and "voice-deny" in node.cues:
            return f"cue {node.text}"
    for m in range(draft.node.index - 1, -1, -1):
        node = nodes[m]
        if node.kind == "x" and node.text in ENDS:
            return ""
        if node.kind == "s" and "break" in node.tags:
            return ""
        if (
            node.kind == "a"
            and node.cues & {"voice-deny", "status-denied"}
            and node.text not in ("دون", "عدم")
        ):
            return f"cue {node.text}"
        if node.kind == "v" and {"voice-deny"} & node.cues:
            return f"denied by {node.text}"
        if node.kind == "v" and not node.cues and m < draft.node.index - 1 and node.conj:
            return ""
    return ""


def _conditional(draft: Draft, nodes: Sequence[Node]) -> str:
    k = draft.node.index
    for m in range(k - 1, -1, -1):
        node = nodes[m]
        if node.kind == "x" and node.text in ENDS:
            return ""
        if node.kind == "a" and node.cues & {"conditionals", "status-hypothetical"}:
            if node.text == "اي" and any(n.kind == "g" for n in nodes[max(0, m - 3) : m]):
                continue
            if node.text == "اي" and m < k - 1 or node.text == "علي اي" and m < k - 2:
                continue
            return f"cue {node.text}"
        if node.kind == "s" and "conditionals" in node.cues:
            return f"cue {node.text}"
    nxt = nodes[k + 1 : k + 6]
    if draft.node.kind == "e" and draft.light_node is None:
        for node in nxt:
            if node.kind == "x" or node.kind == "s":
                break
            if node.kind == "v" and "future" in node.tags and not node.conj:
                return "what it would bring about"
    return ""


def _light(
    draft: Draft, nodes: Sequence[Node], drafts: SentenceDrafts, headline: bool
) -> tuple[Status, str] | None:
    node = draft.node
    for _ in range(4):
        bound = drafts.bound.get(node.index)
        if bound is None:
            return None
        light_node, light = bound
        before = nodes[light_node.index - 1] if light_node.index else None
        if before is not None and before.kind == "g" and before.text != "سوف":
            return Status.DENIED, f"negated {light_node.text}"
        if light.status:
            outer = drafts.bound.get(light_node.index)
            if outer is not None and outer[1].status == "denied":
                return Status.DENIED, f"light verb {outer[0].text}"
            return Status(light.status), f"light verb {light_node.text}"
        if (
            light_node.kind == "v"
            and "impf" in light_node.tags
            and light.subject == "none"
            and {_fold_lemma(a.reading.lemma) for a in light_node.analyses} & drafts.know.words["under_way"]
        ):
            return Status.ONGOING, f"{light_node.text} is under way"
        if (
            light_node.kind == "v"
            and "impf" in light_node.tags
            and not headline
            and light.subject in ("actor", "place")
            and ("voice-announce" not in light_node.cues)
        ):
            return Status.ONGOING, f"present tense of {light_node.text}"
        if "future" in light_node.tags:
            return Status.PLANNED, f"{light_node.text} is to come"
        node = light_node
    return None


def _cue_before(
    draft: Draft, nodes: Sequence[Node], lists: Mapping[str, frozenset[str]]
) -> tuple[Status, str] | None:
    node, purposes, after = draft.node, lists["purposes"], lists["after"]
    k = node.index
    if node.kind == "e" and node.prep in purposes:
        return Status.PLANNED, f"purpose: {node.prep}"
    if node.kind == "e" and node.prep == "ل" and "masdar" in node.tags and draft.type != "celebration":
        if draft.light_node is None and not _is_complement(draft, nodes):
            return Status.PLANNED, "purpose: ل"
    if "purpose" in node.tags:
        return Status.PLANNED, "purpose: ل"
    if "future" in node.tags:
        return Status.PLANNED, "future"
    for passed, other in enumerate(reversed(nodes[:k])):
        if other.kind == "x" and other.text in ENDS or other.kind == "s" and "break" in other.tags:
            break
        if other.kind == "v":
            if node.prep in after:
                break
            status = _verb_status(other)
            if status is not None and passed <= REACH and node.kind == "e":
                return status
            break
        if other.kind == "a":
            for name in ("ongoing", "planned", "predicted"):
                if f"status-{name}" in other.cues and passed <= REACH:
                    return Status(name), f"cue {other.text}"
        if (
            node.kind == "e"
            and passed <= 1
            and other.prep == "ل"
            and (other.kind == "e" or "masdar" in other.tags)
            and other.j == node.i
        ):
            return Status.PLANNED, f"purpose: {other.text}"
        if other.kind == "p" and other.text in purposes and passed <= REACH and node.kind == "e":
            return Status.PLANNED, f"purpose: {other.text}"
        if other.kind == "g" and other.text == "سوف":
            return Status.PLANNED, "future"
    for other in nodes[k + 1 : k + 8]:
        if other.kind == "x" and other.text in ENDS or other.kind == "v":
            break
        if other.kind == "a":
            for name in ("predicted", "ongoing"):
                if f"status-{name}" in other.cues and (
                    name == "predicted" or node.kind == "e" and node.definite
                ):
                    return Status(name), f"cue {other.text}"
    words = {w.removeprefix("ال") for w in node.adjectives}
    if words & lists["near"]:
        return Status.PREDICTED, "said to be near"
    if words & lists["lasting"]:
        return Status.ONGOING, "said to go on"
    return None


def _is_complement(draft: Draft, nodes: Sequence[Node]) -> bool:
    """تعرضت لقصف, نتيجة لغارة: here ل is no purpose."""
    k = draft.node.index
    previous = nodes[k - 1] if k else None
    return (
        previous is not None
        and previous.kind in "ven"
        and previous.j == draft.node.i
        and previous.kind == "e"
    )


def _verb_status(node: Node) -> tuple[Status, str] | None:
    for name in ("ongoing", "planned", "predicted", "denied"):
        if f"status-{name}" in node.cues and node.kind == "v":
            return Status(name), f"verb {node.text}"
    return None


def _tense(draft: Draft, nodes: Sequence[Node], headline: bool) -> tuple[Status, str]:
    node = draft.node
    if draft.spoken:
        return Status.HAPPENED, "said as a demand"
    if node.kind == "v" and "impf" in node.tags and draft.type not in SPEECH:
        previous = nodes[node.index - 1] if node.index else None
        for other in nodes[node.index + 1 : node.index + 9]:
            if other.kind in "vs":
                break
            if other.kind == "p" and other.text == "منذ":
                return Status.ONGOING, "since then"
        if headline or previous is not None and previous.kind == "g":
            return Status.HAPPENED, "headline present"
        if any(n.kind == "v" and "voice-shown" in n.cues for n in nodes[: node.index]):
            return Status.HAPPENED, "seen in pictures"
        if (
            previous is not None
            and previous.kind == "s"
            and previous.text.endswith("ان")
            and previous.tags & {"break"}
        ):
            return Status.HAPPENED, "told as a sequel"
        return Status.ONGOING, "present tense"
    return Status.HAPPENED, "told as done"
