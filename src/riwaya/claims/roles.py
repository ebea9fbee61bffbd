"""Arguments: what stands around a verb or a happening, by position and preposition.

Nothing here knows what a frame means; it only says which noun phrases are a predicate's to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from riwaya.claims.grammar import DASHES, QUOTES, Node

COMMAS = frozenset("،,")
ENDS = frozenset((".", "!", "?", "؟", "؛", ";", "…", "|"))
# The day of announcing is the day of what is announced, nearly always; of describing or denying it is not.
ANNOUNCING = frozenset({"اعلن"})
DUAL_RELATIVES = frozenset({"اللتين", "اللتان", "اللذين", "اللذان"})
LIST_CLASSES = ("place", "actor", "people", "force", "service", "aid", "building", "vehicle", "symbol")


@dataclass(slots=True)
class Argument:
    """One argument: its preposition ("" for a bare phrase) and its members (a coordination is one)."""

    prep: str
    nodes: list[Node]
    comma: bool = False
    left: bool = False


@dataclass(slots=True)
class Arguments:
    """Everything a predicate may take, in order of distance."""

    bare: list[Argument] = field(default_factory=list)
    preps: list[Argument] = field(default_factory=list)
    left: Argument | None = None
    left_rule: str = ""
    left_comma: bool = False
    antecedent: Node | None = None
    relative: Node | None = None  # the light verb of a clause that says more of a happening: غارات شنّها
    times: list[Node] = field(default_factory=list)
    events: list[Node] = field(default_factory=list)


def collect(nodes: Sequence[Node], k: int) -> Arguments:
    """The arguments of the predicate at node ``k``."""
    out = Arguments()
    _right(nodes, k, out)
    if nodes[k].kind == "v":
        _left(nodes, k, out)
    _times_left(nodes, k, out)
    return out


def coordinated(nodes: Sequence[Node], m: int) -> tuple[list[Node], int]:
    """The members of a coordination that begins at node ``m``, and the node after it.

    >>> # سيطرت على داريا، وسقبا ومسرابا → one argument of three members
    """
    first = nodes[m]
    members = [first]
    n = m + 1
    if n < len(nodes) and nodes[n].kind == "x" and nodes[n].text == ":" and _heads_list(first):
        got, after = _list_after_colon(nodes, n + 1)
        if got:
            return got, after
    while n < len(nodes):
        step = n
        comma = False
        while step < len(nodes) and nodes[step].kind == "x" and nodes[step].text in COMMAS | QUOTES:
            comma = comma or nodes[step].text in COMMAS
            step += 1
        if step < len(nodes) and nodes[step].kind == "p" and nodes[step].conj:
            # على داريا وعلى سقبا: the preposition is said again
            if (
                nodes[step].text == first.prep
                and step + 1 < len(nodes)
                and _same_kind(first, nodes[step + 1])
            ):
                members.append(nodes[step + 1])
                n = step + 2
                continue
            break
        if step >= len(nodes) or nodes[step].kind != "n":
            break
        nxt = nodes[step]
        if not (nxt.conj or comma) or (nxt.prep and nxt.prep != first.prep) or not _same_kind(first, nxt):
            break
        if _topic_of_next_clause(nodes, step, comma):
            break
        members.append(nxt)
        n = step + 1
    return members, n


def _heads_list(node: Node) -> bool:
    return bool(node.classes & {"place-noun", "part-noun"}) and not node.places


def _list_after_colon(nodes: Sequence[Node], m: int) -> tuple[list[Node], int]:
    while m < len(nodes) and nodes[m].kind == "x" and nodes[m].text in QUOTES:
        m += 1
    if m < len(nodes) and nodes[m].kind == "n" and "place" in nodes[m].classes:
        return coordinated(nodes, m)
    return [], m


def _same_kind(a: Node, b: Node) -> bool:
    if b.kind != "n":
        return False
    for name in LIST_CLASSES:
        if name in a.classes and name in b.classes:
            return True
    if any(
        "capital" in x.classes and "actor" in y.classes and "place" not in y.classes
        for x, y in ((a, b), (b, a))
    ):
        return True  # قوات … ودمشق: a capital beside a body is its government
    persons = {"actor", "force", "people", "commander", "speaker", "body", "civilian"}
    if a.classes & persons and b.classes & persons:
        return True
    places = {"place", "place-noun", "part-noun", "around-noun", "position", "building"}
    if a.classes & places and b.classes & places:
        return True
    things = {
        "vehicle",
        "building",
        "thing",
        "arms",
        "symbol",
        "position",
        "aid",
        "weapon-ground",
        "weapon-air",
    }
    return bool(a.classes & things and b.classes & things)


def _topic_of_next_clause(nodes: Sequence[Node], m: int, comma: bool) -> bool:
    """Whether the noun phrase at ``m`` is the subject of a verb right behind it, not a list member."""
    n = m + 1
    if n < len(nodes) and nodes[n].kind == "v" and not nodes[n].conj:
        return bool(nodes[m].classes & {"actor", "force", "people", "commander", "speaker", "body"})
    return False


def _right(nodes: Sequence[Node], k: int, out: Arguments) -> None:
    predicate = nodes[k]
    m = k + 1
    comma = False
    blockers: list[Node] = []
    while m < len(nodes):
        node = nodes[m]
        if predicate.kind == "e" and out.relative is None and _says_more(nodes, k, m):
            out.relative = node
            m += 1
            continue
        if node.kind == "v" or node.kind == "s" and node.tags & {"comp", "break"}:
            break
        if (
            node.kind == "r"
            and m + 1 < len(nodes)
            and predicate.kind == "e"
            and not any(n.kind == "e" for n in nodes[k + 1 : m])
            and _says_more(nodes, k, m + 1)
        ):
            m += 1
            continue
        if node.kind == "r":
            m = _past_relative(nodes, m, predicate)
            if m < 0:
                break
            comma = True
            continue
        if node.kind == "x":
            if node.text in ENDS or node.text == ":" or node.text in DASHES and m > k + 1:
                break
            close = _parenthesis_end(nodes, m) if node.text in COMMAS else 0
            if close:
                for inside in nodes[m + 1 : close]:
                    if inside.kind == "t":
                        out.times.append(inside)
                    elif inside.kind == "n" and not _blocked(blockers, inside, inside.prep):
                        out.preps.append(Argument(inside.prep, [inside], comma))
                m = close + 1
                continue
            comma = comma or node.text in COMMAS
            m += 1
            continue
        if node.kind == "a":
            if any(c in ("voice-after", "conditionals", "voice-deny") for c in node.cues):
                break
            m += 1
            continue
        if node.kind == "t":
            if not blockers or node.prep == "":
                out.times.append(node)
            m += 1
            continue
        if node.kind == "e":
            if node.conj and not node.prep and predicate.kind == "e" and not comma:
                m += 1
                blockers.append(node)
                continue
            out.events.append(node)
            argument = Argument(_preposition(nodes, m), [node], comma)
            (out.preps if argument.prep else out.bare).append(argument)
            blockers.append(node)
            m += 1
            continue
        if node.kind == "q" and node.prep == "بين" and m + 1 < len(nodes) and nodes[m + 1].kind == "n":
            _, m = coordinated(nodes, m + 1)  # بينهم ثلاثة أطفال: some of those counted, nobody else
            continue
        if node.kind == "q":
            if node.prep and not _blocked(blockers, node):
                out.preps.append(Argument(node.prep, [node], comma))
            m += 1
            continue
        if "apposed" in node.tags:
            m += 1
            continue
        if node.kind == "n":
            if node.conj and not node.prep and _topic_of_next_clause(nodes, m, comma):
                break
            members, after = coordinated(nodes, m)
            argument = Argument(_preposition(nodes, m), members, comma)
            if argument.prep:
                if not _blocked(blockers, node, argument.prep):
                    out.preps.append(argument)
            elif not (blockers and (_adjacent(nodes, m) or blockers[-1].prep and not blockers[-1].definite)):
                out.bare.append(argument)
            m = after
            continue
        m += 1


def _parenthesis_end(nodes: Sequence[Node], m: int) -> int:
    """Where the comma closes that opens at ``m`` when only days and phrases stand between, else 0.

    سيطر الجيش، اليوم الخميس، على…; أطلقت القوات، بإسناد من التحالف، عملية…
    """
    for n in range(m + 1, min(m + 9, len(nodes))):
        node = nodes[n]
        if node.kind == "x":
            return n if node.text in COMMAS and n > m + 1 and n + 1 < len(nodes) else 0
        if node.kind not in "pt" and not (node.kind == "n" and node.prep and not node.conj):
            return 0
    return 0


def _says_more(nodes: Sequence[Node], k: int, m: int) -> bool:
    """اشتباكات خاضتها, غارات نفذها, معارك دارت: a light verb right behind a happening, about it."""
    node = nodes[m]
    if node.kind == "r" and m + 1 < len(nodes):
        return False
    if node.kind != "v" or node.conj or all(x.subject == "cause" for x in node.lights):
        return False
    strikes = any("left" in x.event or x.subject == "none" for x in node.lights)
    if nodes[k].definite and nodes[m - 1].kind != "r" and not strikes:
        return False
    return not any(n.kind in "vs" or n.kind == "x" and n.text not in QUOTES for n in nodes[k + 1 : m])


def _preposition(nodes: Sequence[Node], m: int) -> str:
    return nodes[m].prep


def _adjacent(nodes: Sequence[Node], m: int) -> bool:
    """Whether a noun phrase is the complement of the happening right before it."""
    return (
        m > 0
        and nodes[m - 1].kind == "e"
        and nodes[m - 1].j == nodes[m].i
        and not nodes[m].conj
        and not nodes[m - 1].definite
    )


def _blocked(blockers: Sequence[Node], node: Node, prep: str = "") -> bool:
    """A happening nearer by that takes this preposition keeps the phrase."""
    name = prep or node.prep
    for blocker in blockers:
        for frame in blocker.frames:
            slots = frame.preps.get(name)
            if slots and (node.classes & slots.keys() or "any" in slots or node.kind == "q"):
                return True
    return False


def _past_relative(nodes: Sequence[Node], m: int, predicate: Node) -> int:
    """Where the main clause goes on after a relative clause, or -1: behind the next comma."""
    for n in range(m + 1, len(nodes)):
        if nodes[n].kind == "x" and nodes[n].text in COMMAS:
            if n + 1 < len(nodes) and nodes[n + 1].kind in "pt" and not nodes[n + 1].conj:
                return n + 1
            return -1
        if nodes[n].kind == "x" and nodes[n].text in ENDS:
            return -1
    return -1


def _left(nodes: Sequence[Node], k: int, out: Arguments) -> None:
    m = k - 1
    passed_comma = False
    while m >= 0:
        node = nodes[m]
        if node.kind == "r":
            pronoun = node.text
            m -= 1
            for n in range(m, max(-1, m - 8), -1):
                if nodes[n].kind in "ne" and (not nodes[n].gen or nodes[n].kind == "n"):
                    if _disagrees(pronoun, nodes[n]) and _earlier(nodes, n, pronoun):
                        continue
                    out.antecedent = nodes[n]
                    members = _all_of(nodes, n) if pronoun in DUAL_RELATIVES else [nodes[n]]
                    out.left = Argument("", members, left=True)
                    out.left_rule = "relative clause"
                    return
                if nodes[n].kind in "vs":
                    return
            return
        if node.kind == "v" and not nodes[k].conj:
            topic = _topic_over(nodes, m, k)
            if topic is not None:
                out.left = Argument("", [topic], left=True)
                out.left_rule = "topic before the verb"
            return
        if node.kind == "v" or node.kind == "s" and "break" in node.tags:
            return
        if node.kind == "s" and "comp" in node.tags:
            if node.enclitic:
                out.left = Argument("", [node], left=True)
                out.left_rule = "pronoun on the conjunction"
            return
        if node.kind == "x":
            if node.text in ENDS or node.text == ":" or node.text in DASHES and _dateline(nodes, m):
                return
            if node.text in COMMAS:
                passed_comma = True
            m -= 1
            continue
        if node.kind == "q" and not node.prep:
            out.left = Argument("", [node], left=True)
            out.left_rule = "pronoun before the verb"
            return
        if node.kind == "n" and not node.prep and not (node.gen and nodes[m - 1].kind == "e"):
            first = m
            while (
                first > 0
                and nodes[first].conj
                and nodes[first - 1].kind == "n"
                and _same_kind(nodes[first - 1], nodes[first])
            ):
                first -= 1
            if nodes[first].prep:
                m = first - 1
                continue
            beside = nodes[first - 1] if first else None
            if nodes[first].conj and beside is not None and beside.kind == "n" and beside.prep:
                if first != k - 1 or _same_kind(beside, nodes[first]):
                    m = first - 1
                    continue
            out.left_comma = passed_comma
            owner = _verb_of(nodes, first)
            if owner >= 0 and not nodes[k].conj:
                topic = _topic_over(nodes, owner, k)
                if topic is not None:
                    out.left, out.left_rule = Argument("", [topic], left=True), "topic before the verb"
                    return
            if nodes[k].conj:
                return
            members, _ = coordinated(nodes, first)
            if first < m and any(a.reading.number in "dp" for a in nodes[k].analyses[:1]):
                members = list(nodes[first : m + 1])  # الجهاز واللواء توصلا: the verb counts them
            out.left = Argument("", [n for n in members if n.index < k], left=True)
            out.left_rule = "topic before the verb"
            for between in nodes[m + 1 : k]:
                if between.kind == "n" and between.prep and not between.conj:
                    out.preps.append(Argument(between.prep, [between]))
            return
        if node.kind == "e" and not node.prep and not nodes[k].conj:
            out.left = Argument("", [node], left=True)
            out.left_rule = "happening before the verb"
            return
        m -= 1


def _disagrees(pronoun: str, node: Node) -> bool:
    """بلدة مضايا بريف دمشق، التي…: a feminine pronoun looks past a masculine noun, and the other way."""
    if node.kind != "n" or node.number == "p":
        return False
    if pronoun == "التي":
        return node.gender == "m"
    return pronoun == "الذي" and node.gender == "f"


def _earlier(nodes: Sequence[Node], n: int, pronoun: str) -> bool:
    """Whether a noun phrase that agrees stands before ``n``, with nothing but phrases between."""
    for m in range(n - 1, max(-1, n - 6), -1):
        if nodes[m].kind not in "npt":
            return False
        if nodes[m].kind == "n" and nodes[m].gender and not _disagrees(pronoun, nodes[m]):
            return True
    return False


def _all_of(nodes: Sequence[Node], n: int) -> list[Node]:
    """كفريا والفوعة اللتين…: both members of the pair that ends at ``n``."""
    first = n
    while first > 0 and nodes[first].conj and nodes[first - 1].kind == "n":
        first -= 1
    return [m for m in nodes[first : n + 1] if m.kind == "n"]


def _dateline(nodes: Sequence[Node], m: int) -> bool:
    """بيروت (وكالات) - …, 14:05 – …: what stands before the first dash is no part of the sentence."""
    return all(n.kind in "ntxp" for n in nodes[:m]) and m <= 8


def _verb_of(nodes: Sequence[Node], m: int) -> int:
    """The verb whose object a bare noun phrase right behind it is, or -1."""
    n = m - 1
    while n >= 0 and (nodes[n].kind in "tpge" or nodes[n].kind == "n" and nodes[n].prep):
        n -= 1
    return n if n >= 0 and nodes[n].kind == "v" and not nodes[n].cues else -1


def _topic_over(nodes: Sequence[Node], m: int, k: int) -> Node | None:
    """مسيّرة أطلقتها استهدفت…, إن طوقا لا يُخرق فُرض: the topic stands before a clause that describes it."""
    verb = nodes[m]
    if verb.conj:
        return None
    n = m - 1
    while n >= 0 and (nodes[n].kind in "gp" or nodes[n].kind == "n" and nodes[n].prep):
        n -= 1
    if n >= 0 and nodes[n].kind == "n" and not nodes[n].prep and not nodes[n].definite:
        if nodes[n].text == "ما":
            return None  # ما زالت القوات تسيطر: a negation, nobody's topic
        if n == 0 or nodes[n - 1].kind in "sxr" or nodes[n - 1].kind == "n":
            return nodes[n]
    return None


def _times_left(nodes: Sequence[Node], k: int, out: Arguments) -> None:
    for m in range(k - 1, -1, -1):
        node = nodes[m]
        if node.kind == "t":
            before = next((n for n in reversed(nodes[:m]) if n.kind == "v"), None)
            if nodes[k].kind != "e" or before is None or before.lemma in ANNOUNCING:
                out.times.append(node)
        elif node.kind in "v" or node.kind == "s" or node.kind == "x" and node.text in ENDS:
            break
        elif node.kind == "e" and not node.gen and m != k:
            break
