"""From drafts to claims: slots resolved to mentions, what the sentence leaves no doubt of, the why."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from riwaya.claims.drafts import SentenceDrafts
from riwaya.claims.frames import ACTORISH, Draft, Filler, argument_classes, classes_of
from riwaya.claims.grammar import Node, Text
from riwaya.claims.reference import HEAD_LEVELS, TOWN_HEADS, Memory, Seen
from riwaya.claims.roles import COMMAS, ENDS, Argument, coordinated
from riwaya.claims.status import status_of
from riwaya.claims.voices import NO_VOICE, Voice, Voices
from riwaya.mentions.actors import ActorHit, settle
from riwaya.mentions.places import PlaceHit, mention
from riwaya.model import (
    Claim,
    Extent,
    Link,
    Mention,
    PlaceMention,
    Quantity,
    Report,
    Span,
    Status,
    TimeMention,
)
from riwaya.text.segment import Sentence

NEVER_OWN = frozenset(
    {"casualties", "outage", "protest", "celebration", "control_lost", "explosion", "clash"}
)
OWN_ACTS = frozenset({"deployed", "searched", "entered", "control_gained", "siege", "alert"})
STRUCK = frozenset({"property_destroyed", "shelling", "air_strike", "attack", "searched", "detained"})
TELLERS = frozenset({"unnamed-sources", "witnesses", "reports", "footage", "analysts"})  # tell, never act
SPEECH = frozenset({"demand", "threat", "pledge", "negotiation"})
PLACELESS = frozenset({"demand", "threat", "pledge", "negotiation", "agreement", "advanced"})
LOCATED = frozenset(
    "casualties clash air_strike shelling explosion attack violence_against_civilians property_destroyed "
    "abducted detained searched withdrew protest celebration entered deployed outage siege".split()
)
# Acts aimed at whoever holds the position or vehicle that they meet.
# Clause borders behind which somebody else acts; and those behind which another place is meant too.
CONTRAST = frozenset({"فيما", "بينما", "في حين", "لكن", "غير ان", "الا ان"})
APART = CONTRAST | {"كما"}
TALKS = frozenset({"agreement", "negotiation"})
AIMED = frozenset({"air_strike", "shelling", "attack"})
HARM = frozenset({"air_strike", "shelling", "explosion", "attack", "clash", "violence_against_civilians"})
GENERIC_IDS = frozenset({"armed-groups", "unknown", "civilians", "detainees"})
GENERIC = {"civilian": "civilians", "detainee": "detainees"}
UNITS = (
    ("vehicles", frozenset({"vehicle"})),
    ("rockets", frozenset({"weapon-ground"})),
    ("people", frozenset({"people", "civilian", "force", "person", "detainee", "victim", "commander"})),
)


class Who(tuple[Mention, ...]):
    """Resolved actors of a slot."""


class ClaimWriter:
    """Writes the claims of one report, sentence after sentence, with what was met before in mind."""

    def __init__(self, report: Report, text: Text, memory: Memory, self_actor: str, reader: str) -> None:
        self.report, self.text, self.memory = report, text, memory
        self.self_actor, self.reader = self_actor, reader
        self.know = text.know
        self.day = report.day
        self.row: Sequence[Node] = ()
        self.row_voices: Sequence[Voice] = ()
        self.told: dict[str, int] = {}
        self.drafts: SentenceDrafts

    # -- writing ------------------------------------------------------------------------------
    def write(
        self,
        sentence: Sentence,
        nodes: list[Node],
        drafts: SentenceDrafts,
        found: list[Draft],
        voices: Voices,
    ) -> Iterator[Claim]:
        """The claims of one sentence."""
        self.row, self.drafts, self.row_voices = nodes, drafts, voices.at
        resolved = [self._resolve(d, nodes, drafts, voices) for d in found]
        _causes(resolved, nodes)
        self._opening_place(resolved, nodes)
        _share(resolved, nodes)
        for item in resolved:
            if not item.places and not item.toward and item.voice.places and item.draft.type in LOCATED:
                item.places = [(mention(p, self.know.places), "") for p in item.voice.places]
                item.note("place", "where those who tell it live")
        for item in resolved:
            active = (
                item.draft.node.kind == "v"
                or item.draft.light is not None
                and item.draft.light.subject == "actor"
            )
            if item.actor and active and item.actor[0].id not in GENERIC_IDS | {""}:
                node = item.draft.node
                self.memory.last_subject = Seen(
                    tuple(m.id for m in item.actor), node, node.sentence, node.gender, node.number
                )
                break
        for item in resolved:
            if item.dropped or self._takes_up(item):
                continue
            if item.enough():
                self._told_of(item)
                yield from self._claims(item, sentence, nodes, drafts, voices)

    def _told_of(self, item: Resolved) -> None:
        """The places of a claim are what its sentence is about: a later pronoun means them first."""
        ids = {place.id for place, _ in item.places}
        for seen in reversed(self.memory.places):
            if seen.sentence < item.draft.node.sentence:
                return
            if seen.ids[0] in ids:
                seen.subject = True

    def _takes_up(self, item: Resolved) -> bool:
        """أسفر القصف عن…: a definite noun that only takes up the act just told is no second claim."""
        draft, node = item.draft, item.draft.node
        if draft.type not in HARM:
            return False
        before = self.told.get(draft.type)
        own = draft.slots.keys() & {"place", "target", "actor"}
        if node.kind == "e" and node.definite and not node.enclitic and not own and before is not None:
            return node.sentence - before <= 2
        self.told[draft.type] = node.sentence
        return False

    def _opening_place(self, items: list[Resolved], nodes: Sequence[Node]) -> None:
        """وفي بورتسودان، خرج المئات: a place that opens a sentence is where it happens, up to a border."""
        k = 0
        while k < len(nodes) and (
            nodes[k].kind in "x" or nodes[k].kind == "p" and nodes[k].text in ("في", "ب")
        ):
            k += 1
        if k == 0 or k >= len(nodes) or nodes[k].kind != "n" or nodes[k].prep not in ("في", "ب"):
            return
        found = (
            self._where(
                [Filler(nodes[k], "opens the sentence", nodes[k].prep)],
                Resolved(items[0].draft, items[0].voice),
                "place",
            )
            if items
            else []
        )
        if not found:
            return
        for item in items:
            if (
                item.places
                or item.toward
                or item.draft.type not in LOCATED | {"released", "defected", "alert"}
            ):
                continue
            if any(
                n.kind == "s" and n.text.removeprefix("و") in ("فيما", "بينما", "في حين")
                for n in nodes[: item.draft.node.index]
            ):
                continue
            item.places = list(found)
            item.note("place", "opens the sentence")

    def _resolve(self, draft: Draft, nodes: list[Node], drafts: SentenceDrafts, voices: Voices) -> Resolved:
        voice = voices.at[draft.node.index]
        item = Resolved(draft, voice)
        item.actor = self._who(draft.slots.get("actor", ()), item, "actor")
        item.target = self._who(draft.slots.get("target", ()), item, "target")
        pair = self._who(draft.slots.get("pair", ()), item, "actor")
        if pair and not item.actor:
            if draft.type in ("clash",):
                item.actor, item.target = pair[:1], item.target or pair[1:2]
            else:
                item.actor = pair
        if not item.actor or draft.light is not None and draft.light.subject in ("place", "patient", "cause"):
            self._actor_from_light(item, drafts, voices)
        if not item.actor and draft.type in STRUCK and draft.light is None and draft.node.prep == "ب":
            verb = nodes[draft.node.index - 1] if draft.node.index else draft.node
            subject = drafts.subjects.get(verb.index) if verb.kind == "v" else None
            if subject is not None and "passive" not in verb.tags:  # تستهدف بغارات: with whose strikes
                by = [Filler(n, f"subject of {verb.text}") for n in subject[0].nodes]
                item.actor = self._who(by, item, "actor")
        if not item.actor and draft.type == "control_lost" and draft.node.kind == "e":
            for m in range(draft.node.index - 1, -1, -1):
                if nodes[m].kind == "v" and m in drafts.subjects:
                    if nodes[m].lemma not in self.know.words["own_announcing"]:
                        break
                    item.actor = self._who(
                        [Filler(n, f"subject of {nodes[m].text}") for n in drafts.subjects[m][0].nodes],
                        item,
                        "actor",
                    )
                    break
        if (
            draft.type == "casualties"
            and not item.target
            and draft.node.kind == "e"
            and self._civil(draft.node)
        ):
            item.target = (self._generic("civilians", draft.node),)
        if not item.target and draft.type in AIMED:
            self._owner_struck(item)
        item.places = self._where(draft.slots.get("place", ()), item, "place")
        item.toward = self._where(draft.slots.get("toward", ()), item, "toward")
        if draft.slots.get("side") and not item.actor:
            item.actor = self._who(draft.slots["side"], item, "actor")
        self._speech(item, voices)
        if (
            not item.actor
            and draft.node.kind == "v"
            and draft.node.index not in drafts.subjects
            and not draft.passive
        ):
            self._pro_drop(item)
        light = draft.light_node
        if not item.actor and light is not None and light.kind == "v" and draft.light is not None:
            if draft.light.subject == "actor" and light.index not in drafts.subjects and not light.cues:
                self._pro_drop(item, light)
        if not item.actor and draft.node.kind == "e" and draft.type not in NEVER_OWN:
            self._own_act(item)
        if not item.places and not item.toward:
            self._people_of(draft, item)
        if not item.places and not item.toward and draft.node.kind == "e" and draft.type in LOCATED:
            self._clause_place(draft, item)
        if not item.places and draft.slots.get("place"):
            for argument in draft.args.preps:
                if (
                    argument.prep in draft.frame.preps
                    and "place" in argument_classes(argument)
                    and not item.places
                ):
                    item.places = self._where(
                        [Filler(n, f"preposition {argument.prep}", argument.prep) for n in argument.nodes],
                        item,
                        "place",
                    )
        if not item.places and draft.type in STRUCK:
            self._inside_object(draft, item)
        if not item.actor and draft.frame.default_actor:
            item.actor = (self._generic(draft.frame.default_actor, draft.node),)
        if not item.target and draft.frame.default_target:
            item.target = (self._generic(draft.frame.default_target, draft.node),)
        item.when = self._when(draft, nodes)
        item.quantity = self._quantity(draft, item)
        item.told = draft.node.kind == "e" and (
            draft.node.index in drafts.rel
            or not draft.node.definite
            and any(found[0].nodes[0] is draft.node for found in drafts.subjects.values())
        )
        return item

    def _speech(self, item: Resolved, voices: Voices) -> None:
        draft = item.draft
        if not draft.frame.speech:
            return
        if item.actor and not any(f.node.kind in "qs" for f in draft.slots.get("actor", ())):
            return
        if (
            (
                draft.node.kind == "e"
                and draft.light is None
                or draft.spoken
                or any(f.node.kind in "qs" for f in draft.slots.get("actor", ()))
            )
            and not item.actor
            and item.voice.links
        ):
            origin = item.voice.links[-1]
            item.actor = (Mention(origin.id, origin.name, origin.start, origin.end, origin.kind),)
            item.note("actor", "the voice it stands in")
            return
        if (
            draft.node.kind == "v"
            and not draft.slots.get("actor")
            and draft.node.index not in voices.drafts.subjects
        ):
            last = voices.state.last
            if last is not None and last.links:
                origin = last.links[-1]
                item.actor = (Mention(origin.id, origin.name, origin.start, origin.end, origin.kind),)
                item.note("actor", "the voice of the sentences before")

    def _pro_drop(self, item: Resolved, verb: Node | None = None) -> None:
        """واستهدفوا…: a verb without a subject goes on with that of the sentence before."""
        seen = self.memory.last_subject
        node = verb or item.draft.node
        if (
            seen is None
            or node.sentence - seen.sentence > 2
            or "actor" not in set(item.draft.frame.subject.values())
        ):
            return
        if node.gender == "m" and node.number == "s" and seen.gender == "f":
            return
        start, end = self._span(node.i, node.j)
        item.actor = tuple(Mention(i, self.report.text[start:end], start, end) for i in seen.ids)
        item.note("actor", "goes on with the subject before")

    def _civil(self, node: Node) -> bool:
        """شهيدان مدنيان: the adjective says who they were."""
        for word in node.adjectives:
            for analysis in self.know.lexicon.analyse(word):
                if "civilian" in self.know.classes.get(_fold(analysis.reading.lemma), frozenset()):
                    return True
        return False

    def _own_act(self, item: Resolved) -> None:
        """In a side's own speech an act with nobody named that only it could be doing is its own."""
        voice = item.voice
        kind = voice.links[-1].kind if voice.links else ""
        actor = voice.actor if kind == "party" else ("" if voice.links else self.self_actor)
        if not actor or "none" in item.draft.frame.subject.values() and item.draft.light is None:
            return
        if item.draft.slots.get("actor"):
            return
        if item.draft.type in OWN_ACTS or self._announced(item):
            start, end = self._span(item.draft.node.i, item.draft.node.j)
            item.actor = (Mention(actor, self.report.text[start:end], start, end),)
            item.note("actor", "the side that speaks")

    def _inside_object(self, draft: Draft, item: Resolved) -> None:
        """نهبوا سوق مدينة رفاعة, قصف رتلا في…: the place named inside what was struck."""
        for argument in draft.args.bare:
            for node in argument.nodes:
                if (
                    node.kind == "n"
                    and not argument.comma
                    and node.places
                    and not node.classes & {"civilian"}
                ):
                    item.places = [(mention(node.places[0], self.know.places), "")]
                    item.note("place", "named inside the object")
                    return

    def _announced(self, item: Resolved) -> bool:
        """أعلن الجيش إخلاء…, نؤكد نقل…: the first happening after the verb that announces it."""
        for other in reversed(self.row[: item.draft.node.index]):
            if other.kind == "e" and not other.lights:
                return False
            if other.kind == "v":
                return other.lemma in self.know.words["own_announcing"]
            if other.kind == "s":
                return False
        return False

    def _clause_place(self, draft: Draft, item: Resolved) -> None:
        """خرج الآلاف إلى ساحة … احتفالا: a place said between the verb and its happening."""
        outward = ("الي",) if draft.type in ("protest", "celebration") else ()
        for other in reversed(self.row[: draft.node.index]):
            if other.kind in "vs" or other.kind == "x" and other.text in ENDS:
                return
            if other.kind == "e":
                return
            if (
                other.kind == "n"
                and other.prep in ("في", "ب", "داخل", "قرب", *outward)
                and "place" in classes_of(other)
            ):
                item.places = self._where([Filler(other, "said before it", other.prep)], item, "place")
                return

    def _asked_place(self, draft: Draft, item: Resolved) -> None:
        """أوامر بإخلاء الأحياء الشرقية من خان يونس: where what is asked for would be."""
        if item.places:
            return
        for other in self.row[draft.node.index + 1 :]:
            if other.kind in "vs":
                return
            if other.kind == "e" and any(f.type in ("withdrew", "displaced") for f in other.frames):
                for argument in self.drafts.arguments(other.index).bare[:1]:
                    found = self._where(
                        [Filler(n, "what is asked for") for n in argument.nodes], item, "place"
                    )
                    item.places = found
                return

    def _people_of(self, draft: Draft, item: Resolved) -> None:
        """أهالي هذه المناطق, سكان حمص: people act where they live."""
        if draft.type == "demand":
            for filler in draft.slots.get("target", ()):
                if filler.node.places and "civilian" in filler.node.classes:
                    item.places += [(mention(p, self.know.places), "") for p in filler.node.places]
            self._asked_place(draft, item)
            return
        if draft.type not in ("protest", "celebration", "property_destroyed", "displaced"):
            return
        subject = None
        if draft.light_node is not None and draft.light_node.index in self.drafts.subjects:
            subject = self.drafts.subjects[draft.light_node.index][0].nodes[0]
        elif draft.slots.get("actor"):
            subject = draft.slots["actor"][0].node
        if subject is None or subject.kind != "n" or "civilian" not in subject.classes:
            return
        if subject.places:
            item.places = [(mention(p, self.know.places), "") for p in subject.places[:1]]
        elif subject.inner_place is not None:
            head, number = subject.inner_place
            stand = Node(
                "n", subject.i, subject.j, head=subject.head, lemma=head, number=number, definite=True
            )
            stand.classes, stand.sentence, stand.index = {"place-noun"}, subject.sentence, subject.index
            item.places = [(p, "") for p in self._definite_place(stand)]

    def _generic(self, ident: str, node: Node) -> Mention:
        start, end = self._span(node.i, node.j)
        return Mention(ident, self.report.text[start:end], start, end, "people")

    # -- who ----------------------------------------------------------------------------------
    def _who(self, fillers: Sequence[Filler], item: Resolved, slot: str) -> tuple[Mention, ...]:
        out: list[Mention] = []
        several = len(list(fillers)) > 1
        for n, filler in enumerate(fillers):
            if several and n and filler.node.enclitic and filler.node.kind == "n":
                continue  # النظام وضباطه: the pronoun is the first member again
            for found in self._mentions(filler, item, slot):
                if not any(found.id and found.id == m.id for m in out):
                    out.append(found)
            if out:
                item.note(slot, filler.rule)
        named = [m for m in out if m.id and m.id not in GENERIC_IDS]
        if named and len(out) > len(named):
            keep = [m for m in out if m in named or m.id in ("civilians", "detainees")]
            return tuple(keep)
        return tuple(out)

    def _mentions(self, filler: Filler, item: Resolved, slot: str) -> list[Mention]:
        node = filler.node
        if node.kind in "qs":
            return self._pronoun_who(node, item, slot)
        classes = classes_of(node)
        start, end = self._span(node.i, node.j)
        person = self._person(node)
        announced = item.draft.node.kind == "e" and not item.draft.frame.speech
        if person is not None and slot == "actor" and announced:
            side = self._side_of(person[0])
            if side != person[0]:  # what a commander announces his side did
                return [Mention(side, self.report.text[start:end], start, end)]
        if person is not None and (
            item.draft.frame.speech or "commander" not in node.classes or slot == "target"
        ):
            return [self._named(person)]
        teller = node.head_actor is not None and node.head_actor[0] in TELLERS
        if node.head_actor is not None and (item.draft.frame.speech or not teller):
            ident = node.head_actor[0]
            if ident == "armed-groups" and node.definite:
                only = self._only_armed(node)
                if only:
                    return [Mention(only, self.report.text[start:end], start, end)]
            actor = self.know.actors.get(ident)
            if actor is not None and actor.is_source and not item.draft.frame.speech:
                return []
            return [self._named(node.head_actor)]
        if classes & {"detainee"} and slot == "target":
            return [Mention("detainees", self.report.text[start:end], start, end, "people")]
        if classes & {"civilian"} and "force" not in classes:
            return [Mention("civilians", self.report.text[start:end], start, end, "people")]
        if "both" in node.classes:
            return self._both(node, start, end)
        if node.actors and "force" in node.classes and not item.draft.frame.speech:
            leader = self.know.actors.get(node.actors[0][0])
            if leader is not None and leader.kind == "person" and leader.speaks_for:
                return [Mention(leader.speaks_for, self.report.text[start:end], start, end)]
        bodies = [
            a
            for a in node.actors
            if a[0] not in TELLERS and not (self.know.actors.get(a[0]) and self.know.actors[a[0]].is_source)
        ]
        if node.actors and not bodies and "people" in classes:
            return [Mention("civilians", self.report.text[start:end], start, end, "people")]
        if bodies and classes & (
            ACTORISH | {"weapon-air", "weapon-ground", "vehicle", "person", "amount", "people"}
        ):
            return [self._named(bodies[0])]
        if node.head_place is not None and not node.classes & {"place-noun"}:
            capital = self._capital(node)
            return [Mention(capital, self.report.text[start:end], start, end)] if capital else []
        if "people" in classes or "amount" in classes and "force" not in classes:
            of = next(
                (n for n in self.row[node.index + 1 : node.index + 3] if n.kind == "q" and n.prep == "من"),
                None,
            )
            if of is not None and not classes & {"civilian", "person"}:
                found = self._pronoun_who(of, item, slot)
                if found:
                    return found
            if slot == "target" and item.draft.type in ("abducted", "detained", "violence_against_civilians"):
                return [Mention("civilians", self.report.text[start:end], start, end, "people")]
            if slot == "target" and item.draft.type == "casualties":
                return [Mention("unknown", self.report.text[start:end], start, end, "people")]
            if item.draft.type == "defected":
                return [Mention("armed-groups", self.report.text[start:end], start, end, "people")]
            if item.draft.type in ("displaced", "crossed_border", "protest", "celebration"):
                return [Mention("civilians", self.report.text[start:end], start, end, "people")]
            return []
        if "force" in classes or "body" in classes or "commander" in classes:
            return self._force(node, start, end, item, slot)
        if node.enclitic and slot == "actor" and classes & {"weapon-air", "weapon-ground", "vehicle"}:
            owner = self._owner(node, item.voice)  # طائراته تشن ضربات: whose they are
            return [Mention(owner, self.report.text[start:end], start, end)] if owner else []
        return []

    def _force(self, node: Node, start: int, end: int, item: Resolved, slot: str) -> list[Mention]:
        name = self.report.text[start:end]
        if node.enclitic:
            owner = self._owner(node, item.voice)
            return [Mention(owner, name, start, end)] if owner else []
        if node.definite:
            head = node.lemma or ""
            called = self.memory.called(head, self.know.heads, node.i, speaking=item.draft.frame.speech)
            if called and node.j - node.i == 1:
                return [Mention(called, name, start, end)]
        if node.definite and "force" in node.classes:
            for seen in reversed(self.memory.actors):
                if seen.sentence < node.sentence - 2:
                    break
                if seen.sentence == node.sentence and seen.node.i >= node.i:
                    continue
                if node.lemma and node.lemma == seen.node.lemma and seen.node.kind == "n":
                    return [Mention(seen.ids[0], name, start, end)]
            found = self._enemy(node, item, slot) or self._only_armed(node)
            return [Mention(found, name, start, end)]
        voice = item.voice
        side = (
            voice.actor
            if voice.links and voice.links[-1].kind == "party"
            else ("" if voice.links else self.self_actor)
        )
        if side and slot == "actor" and not node.definite and node.lemma in self.know.words["own_forces"]:
            return [Mention(side, name, start, end)]
        if not node.definite:
            enemy = self._enemy(node, item, slot)
            if enemy:
                return [Mention(enemy, name, start, end)]
        if not node.definite and node.lemma in self.know.words["fighter_words"] and node.qty is None:
            for seen in reversed(self.memory.actors):
                if seen.sentence < node.sentence - 2 or seen.node is node:
                    continue
                if seen.node.lemma == node.lemma and seen.ids[0] not in GENERIC_IDS and seen.node.i < node.i:
                    return [Mention(seen.ids[0], name, start, end)]
        if node.lemma in self.know.words["soldiers"]:
            return [Mention(self._army(node), name, start, end)]
        alone = node.lemma in self.know.words["lone_fighters"]
        if (
            "force" in node.classes
            and (node.number == "p" or node.qty is not None or alone)
            and not node.definite
        ):
            return [Mention("armed-groups", name, start, end, "people")]
        return [Mention("", name, start, end)]

    def _army(self, node: Node) -> str:
        """جنود, ضباط: soldiers nobody names are the army's that the report last spoke of."""
        for seen in reversed(self.memory.actors):
            actor = self.know.actors.get(seen.ids[0])
            if actor is not None and actor.kind == "state" and seen.node.i < node.i:
                return actor.id
        return ""

    def _enemy(self, node: Node, item: Resolved, slot: str) -> str:
        if item.draft.node.lemma in self.know.words["martyr_words"] and slot == "target":
            side = item.voice.actor or self.self_actor
            return side if node.classes & {"force"} else ""
        return self._their_enemy(node, item, slot)

    def _their_enemy(self, node: Node, item: Resolved, slot: str) -> str:
        """الإرهابيون, العدو in a side's own words: the enemy of that side last named."""
        military = node.classes & {"force", "vehicle", "position", "weapon-air", "weapon-ground"}
        if node.lemma not in self.know.words["enemy_words"] and (slot != "target" or not military):
            return ""
        side = self.know.actors.get(item.voice.actor or self.self_actor)
        if side is None:
            return ""
        for seen in reversed(self.memory.actors):
            if set(seen.ids) & set(side.enemies):
                return next(i for i in seen.ids if i in side.enemies)
        return side.enemies[0] if len(side.enemies) == 1 else ""

    def _both(self, node: Node, start: int, end: int) -> list[Mention]:
        """الطرفان, الجانبين: the two sides that fight in this report, if two were named."""
        ids: list[str] = []
        for seen in reversed(self.memory.actors):
            actor = self.know.actors.get(seen.ids[0])
            if (
                seen.node.i < node.i
                and actor is not None
                and not actor.generic
                and seen.ids[0] not in ids
                and (actor.kind in ("state", "armed-group", "umbrella", "coalition", "party"))
            ):
                ids.append(seen.ids[0])
            if len(ids) == 2:
                return [Mention(i, self.report.text[start:end], start, end) for i in reversed(ids)]
        return []

    def _only_armed(self, node: Node) -> str:
        """المسلحون, المقاتلون: the one armed group the last sentences speak of."""
        if node.lemma not in self.know.words["fighter_words"]:
            return ""
        ids: list[str] = []
        for seen in reversed(self.memory.actors):
            if seen.sentence < node.sentence - 2:
                break
            if seen.sentence == node.sentence and seen.node.i >= node.i:
                continue
            actor = self.know.actors.get(seen.ids[0])
            if (
                actor is not None
                and actor.kind in ("armed-group", "umbrella", "party")
                and seen.ids[0] not in ids
            ):
                ids.append(seen.ids[0])
        return ids[0] if len(ids) == 1 else ""

    def _owner(self, node: Node, voice: Voice) -> str:
        """قواته، مقاتليها، عناصرنا: the body a possessive pronoun stands for."""
        if node.enclitic in ("نا", "ي"):
            return voice.actor or self.self_actor or self._own_army(node)
        seen = self.memory.actor_for(node.enclitic, node.sentence, node.i)
        if seen is None:
            return ""
        actor = self.know.actors.get(seen.ids[0])
        return (
            actor.speaks_for
            if actor is not None and actor.kind == "person" and actor.speaks_for
            else seen.ids[0]
        )

    def _own_army(self, node: Node) -> str:
        """جيشنا, in a post by nobody named: the army of the land it is about."""
        if node.lemma != "جيش":
            return ""
        found = self.know.names.match(["الجيش"], 0, 1)
        hit = ActorHit(0, 1, tuple(found[1]), 0) if found is not None else None
        return settle(hit, self.know.actors, self.text.theatres, self.day) if hit is not None else ""

    def _pronoun_who(self, node: Node, item: Resolved, slot: str) -> list[Mention]:
        start, end = self._pronoun_span(node)
        name = self.report.text[start:end]
        if node.enclitic in ("نا", "ي", "ني", "نحن", "انا"):
            actor = item.voice.actor or self.self_actor
            if item.draft.frame.speech and item.voice.links:
                actor = item.voice.actor or item.voice.links[-1].id
            return [Mention(actor, name, start, end)] if actor else []
        taken = {m.id for m in item.actor} if slot == "target" else {m.id for m in item.target}
        seen = self.memory.actor_for(node.enclitic, node.sentence, node.i, taken)
        if seen is None:
            return []
        ids = seen.ids
        if not item.draft.frame.speech:
            ids = tuple(self._side_of(i) for i in ids)
        return [Mention(ident, name, start, end) for ident in ids]

    def _side_of(self, ident: str) -> str:
        """A spokesman's "we took" is his side's act, not his own."""
        actor = self.know.actors.get(ident)
        return (
            actor.speaks_for if actor is not None and actor.kind == "person" and actor.speaks_for else ident
        )

    def _pronoun_span(self, node: Node) -> tuple[int, int]:
        start, end = self._span(node.i, node.j)
        return start, end

    def _named(self, hit: tuple[str, int, int]) -> Mention:
        ident, i, j = hit
        unit = self.text.units.get(i)
        letters = unit.letters if unit is not None else 0
        start, end = self._span(i, j)
        if letters and len(self.text.forms[i]) == self.text.tokens[i].end - self.text.tokens[i].start:
            start += letters
        actor = self.know.actors.get(ident)
        return Mention(ident, self.report.text[start:end], start, end, actor.kind if actor else "")

    def _person(self, node: Node) -> tuple[str, int, int] | None:
        for hit in reversed(node.actors):
            actor = self.know.actors.get(hit[0])
            if actor is not None and actor.kind == "person":
                return hit
        return None

    def _capital(self, node: Node) -> str:
        hit = node.head_place
        words = tuple(self.text.forms[hit.i : hit.j])
        for cut in range(3):
            ids = self.know.capitals.get((words[0][cut:], *words[1:]))
            if ids:
                return max(ids, key=lambda i: self.text.theatres.get(self.know.actors[i].theatre, 0.0))
        return ""

    def _owner_struck(self, item: Resolved) -> None:
        """قصف مواقع للتنظيم, نقطة للحشد: who holds what was struck is who it was aimed at."""
        taken = {m.id for m in item.actor}
        for argument in (*item.draft.args.bare, *item.draft.args.preps):
            if argument.prep not in ("", "على", "علي", "ل"):
                continue
            for node in argument.nodes:
                if node.kind != "n" or not node.classes & {"position", "vehicle"}:
                    continue
                for hit in node.actors:
                    actor = self.know.actors.get(hit[0])
                    if actor is not None and not actor.is_source and hit[0] not in taken:
                        item.target = (self._named(hit),)
                        item.note("target", "who holds what was struck")
                        return

    def _actor_from_light(self, item: Resolved, drafts: SentenceDrafts, voices: Voices) -> None:
        draft = item.draft
        if draft.light is None or draft.light_node is None:
            return
        found = drafts.light_subject(draft.node)
        role = draft.light.subject
        if role == "place":
            subject = drafts.subjects.get(draft.light_node.index)
            if subject is not None:
                draft.slots["place"] = [
                    Filler(n, f"subject of {draft.light_node.text}")
                    for n in subject[0].nodes
                    if "place" in classes_of(n)
                ]
            return
        if role == "object":
            objects = [
                a
                for a in drafts.arguments(draft.light_node.index).bare
                if a.nodes[0].kind == "n" and argument_classes(a) & ACTORISH
            ]
            if draft.light_node.enclitic:
                node = Node("q", draft.light_node.i, draft.light_node.j, enclitic=draft.light_node.enclitic)
                node.sentence, node.index = draft.node.sentence, draft.light_node.index
                item.actor = self._who([Filler(node, "object of the light verb")], item, "actor")
                return
            alone = found is None or any(found[0].nodes[0] in a.nodes for a in objects)
            passive = "passive" in draft.light_node.tags or "maybe-passive" in draft.light_node.tags and alone
            if objects and not (passive and found):
                item.actor = self._who(
                    [Filler(n, "object of the light verb") for n in objects[-1].nodes], item, "actor"
                )
                return
        if role == "patient" and found is not None:
            classes = argument_classes(found[0])
            slot = "place" if "place" in classes else "target"
            draft.slots.setdefault(slot, [Filler(n, found[1]) for n in found[0].nodes])
            if slot == "target":
                item.target = self._who(draft.slots["target"], item, "target")
            return
        if role == "cause" and found is not None:
            node = found[0].nodes[0]
            if node.kind == "e":
                draft.cause = node
            return
        if found is not None and not self._only_tells(draft, found[0]):
            argument, rule = found
            if argument_classes(argument) & (ACTORISH | {"people", "civilian", "pronoun"}):
                item.actor = self._who([Filler(n, rule) for n in argument.nodes], item, "actor")
            elif argument.nodes[0].head_place is not None:
                item.actor = self._who([Filler(n, rule) for n in argument.nodes], item, "actor")

    def _only_tells(self, draft: Draft, subject: Argument) -> bool:
        """أعلنت وزارة الصحة مقتل…: who announces harm without being a side of the war did not do it."""
        if draft.light_node is None or not draft.light_node.cues & {"voice-say", "voice-announce"}:
            return False
        if draft.type not in HARM | {"casualties"}:
            return False
        hit = subject.nodes[0].head_actor
        actor = self.know.actors.get(hit[0]) if hit is not None else None
        return actor is not None and str(actor.voice) != "party"

    # -- where --------------------------------------------------------------------------------
    def _where(self, fillers: Sequence[Filler], item: Resolved, slot: str) -> list[tuple[PlaceMention, str]]:
        out: list[tuple[PlaceMention, str]] = []
        spread = ""
        for filler in fillers:
            node = filler.node
            extent = self._extent(node, filler.prep, item)
            bare = (
                node.kind == "n"
                and node.head_place is not None
                and not node.classes & {"part-noun", "around-noun", "place-noun"}
            )
            if bare and not extent and spread:
                extent = spread
            elif extent == "part":
                spread = extent
            described = item.draft.args.antecedent
            if node.kind == "q" and described is not None and "place" in classes_of(described):
                node = described  # الجيب الذي يسيطر عليه…: the pronoun is what the clause describes
            found = self._places_of(node, item, filler)
            if (
                not found
                and node.kind == "n"
                and node.classes & {"place-noun", "position", "part-noun", "building"}
            ):
                found, inner = self._place_behind(node, item)
                extent = inner or extent
                found = found or self._nameless(node, filler)
            for place in found:
                if not any(p.id == place.id and p.id for p, _ in out):
                    out.append((place, extent))
        if out:
            item.note(slot, fillers[0].rule)
            best = out[0][0]
            if best.reason:
                item.note(slot, f"{best.label_en or best.name}: {best.reason} ({best.score:.2f})")
        return out

    def _place_behind(self, node: Node, item: Resolved) -> tuple[list[PlaceMention], str]:
        """مواقع في جنوب العاصمة, مناطق عدة في محيطها: a place without a name, told by the one it lies in."""
        relative = False
        for other in self.row[node.index + 1 : node.index + 9]:
            relative = relative or other.kind == "r" and node.definite and "road" not in node.classes
            if other.kind in "sx" or other.kind in "ve" and not relative:
                break
            if not relative and other.index > node.index + 4:
                break
            if other.kind in "nq" and other.prep in (
                "في",
                "ب",
                "من",
                "علي",
                "داخل",
                "عند",
                *self.know.words["surroundings"],
            ):
                members, _ = coordinated(self.row, other.index)
                found = [p for m in members for p in self._places_of(m, item, Filler(m, "", other.prep))]
                found = [p for p in found if p.level != "country"]
                if found:
                    return found, self._extent(other, other.prep, item)
        return [], ""

    def _places_of(self, node: Node, item: Resolved, filler: Filler) -> list[PlaceMention]:
        if node.kind in "qs" and node.enclitic == "هما":
            pair = [s for s in self.memory.places if s.sentence == node.sentence and s.node.i < node.i][-2:]
            joined = len(pair) == 2 and pair[1].node.conj and pair[0].ids != pair[1].ids
            return [self._pointing(s, node) for s in pair] if joined else []
        if node.kind in "qs":
            seen = self.memory.place_for(node.enclitic, node.sentence, node.i)
            return [self._pointing(seen, node)] if seen is not None else []
        if "border" in node.classes and (node.head_place is None or not node.head_place.chosen):
            found = self._border(node)
            if found:
                return found
        if node.head_place is not None:
            return [mention(node.head_place, self.know.places)]
        if node.classes & {"part-noun", "around-noun"} and node.places:
            return [mention(node.places[0], self.know.places)]
        if node.enclitic and node.classes & {"part-noun", "around-noun", "place-noun"}:
            seen = self.memory.place_for(node.enclitic, node.sentence, node.i)
            return [self._pointing(seen, node)] if seen is not None else []
        if node.places and (not node.classes or node.classes & {"place-noun", "position", "building"}):
            return [mention(node.places[0], self.know.places)]
        if (
            node.definite
            and node.classes & {"place-noun", "position", "part-noun", "around-noun"}
            and not node.places
        ):
            whole = node.j - node.head == 1  # كامل المدينة
            return self._definite_place(node) if whole or node.inner_place else []
        return []

    def _nameless(self, node: Node, filler: Filler) -> list[PlaceMention]:
        """مجمع المحاكم, الطريق 47: a place by its own words; kept as words, without an id."""
        if (
            node.j - node.i < 2
            or not node.definite
            or node.demonstrative
            or node.actors
            or "place-noun" not in node.classes
        ):
            return []
        if not filler.rule or node.number == "p" or node.inner_place or node.tags & {"partial"}:
            return []
        start, end = self._span(node.i, node.j)
        return [
            PlaceMention(
                "", self.report.text[start:end], start, end, level="facility", reason="not in any gazetteer"
            )
        ]

    def _border(self, node: Node) -> list[PlaceMention]:
        """الشريط الحدودي بين العراق وسوريا, الحدود مع سوريا: the border of two countries."""
        countries: list[str] = []
        spots = [*node.places]
        for other in self.row[node.index + 1 : node.index + 4]:
            if other.kind == "n" and other.prep in ("بين", "مع", "") and other.places:
                spots += other.places
        words = " ".join(self.text.forms[node.i : node.j])
        for hit in spots:
            place = self.know.places.places.get(hit.chosen)
            if place is not None and place.level == "country":
                countries.append(place.country)
        names = self.know.places.names
        for k in range(node.i, node.j):
            named = names.match(self.text.forms, k, node.j) if names.starts(self.text.forms[k]) else None
            for ident, _ in named[1] if named else ():
                place = self.know.places.places.get(ident)
                if place is not None and place.level == "country" and place.country not in countries:
                    countries.append(place.country)
        for demonym, country in self.know.place_words.demonyms.items():
            if demonym in words.split() and country not in countries:
                countries.append(country)
        if len(countries) == 1:
            side = self.know.actors.get(self.row_voice(node).actor or self.self_actor)
            leading = max(
                (t for t in self.text.theatres if self.know.theatres.get(t)),
                key=lambda t: self.text.theatres[t],
                default="",
            )
            home = side.country if side is not None else next(iter(self.know.theatres.get(leading, ())), "")
            if home and home not in countries:
                countries.append(home)
        found = self.know.borders.get(frozenset(countries)) if len(countries) == 2 else None
        if found is None:
            return []
        start, end = self._span(node.i, node.j)
        facts = self.know.places.places[found]
        return [
            PlaceMention(
                facts.id,
                self.report.text[start:end],
                start,
                end,
                facts.lat,
                facts.lon,
                facts.level,
                facts.name_ar,
                facts.name_en,
                facts.country,
                1.0,
                (),
                "the border of the two countries named",
            )
        ]

    def row_voice(self, node: Node) -> Voice:
        """The voice a node of the sentence being written stands in."""
        return self.row_voices[node.index] if node.index < len(self.row_voices) else NO_VOICE

    def _definite_place(self, node: Node) -> list[PlaceMention]:
        head = self.text.forms[node.head] if node.head >= 0 else ""
        for clitic in ("و", "ف", "ب", "ل", "ك"):
            if not head.startswith("ال") and head.startswith(clitic):
                head = head[1:]
        if head.startswith("ل") and not head.startswith("ال"):
            head = head[1:]
        head = node.lemma or head.removeprefix("ال")
        if node.inner_place is not None:
            head = node.inner_place[0]
        many = node.number == "p"
        if many and head in self.know.words["town_parts"]:
            town = self.memory.place_named("مدينه", node.sentence, node.i)
            return [self._pointing(town, node)] if town is not None else []
        if many and head in ("منطقه", "مدينه", "بلده", "قريه"):
            return self._these_places(node)
        if head not in HEAD_LEVELS and head not in ("منطقه", "مكان"):
            return []
        if head == "عاصمه":
            capital = self._leading_capital()
            if capital is not None:
                return [
                    self._pointing(Seen((capital.id,), node, node.sentence, "f", "s", place=capital), node)
                ]
        single = head not in TOWN_HEADS and node.number != "p"
        of_place = self._named_after(head, node) if single else None
        if of_place is not None:
            return [self._pointing(Seen((of_place.id,), node, node.sentence, "", "s", place=of_place), node)]
        seen = self.memory.place_named(head, node.sentence, node.i)
        if seen is None:
            return []
        again = Seen(seen.ids, node, node.sentence, "", "", place=seen.place, level=seen.level, head=head)
        self.memory.places.append(again)  # المصفاة … فيها: named again, it is the nearer one
        return [self._pointing(seen, node)]

    def _named_after(self, head: str, node: Node) -> PlaceMention | None:
        """المخيم, المصفاة: the camp or refinery that bears the name of a place told of (مخيم جنين)."""
        if any(s.head == head for s in self.memory.places if s.node.i < node.i):
            return None  # one was named itself
        names = self.know.places.names
        for seen in reversed(self.memory.places):
            if seen.node.i >= node.i or seen.sentence < node.sentence - 6 or not seen.ids[0]:
                continue
            words = [head, *_fold(seen.place.label_ar).split()]
            found = names.match(words, 0, len(words))
            if found is None or found[0] != len(words):
                continue
            for ident, _ in found[1]:
                facts = self.know.places.places.get(ident)
                if facts is not None and facts.country == seen.place.country:
                    return self._mention_of(facts)
        return None

    def _leading_capital(self) -> PlaceMention | None:
        """العاصمة: the capital of the country a report is about, where one country leads."""
        ranked = sorted(
            ((w, t) for t, w in self.text.theatres.items() if self.know.theatres.get(t)), reverse=True
        )
        if not ranked or len(ranked) > 1 and ranked[0][0] < 1.5 * ranked[1][0]:
            return None
        country = self.know.theatres[ranked[0][1]][0]
        for seen in reversed(self.memory.places):
            if "capital" in seen.node.classes and seen.place.country == country and seen.level == "place":
                return seen.place if isinstance(seen.place, PlaceMention) else None
        names = self.know.places.names
        for words, actors in self.know.capitals.items():
            if not any(self.know.actors[a].country == country for a in actors):
                continue
            found = names.match(list(words), 0, len(words))
            for ident, _ in found[1] if found is not None and found[0] == len(words) else ():
                facts = self.know.places.places[ident]
                if facts.country == country and facts.level == "place":
                    return self._mention_of(facts)
        return None

    def _mention_of(self, facts: Any) -> PlaceMention:
        name = facts.name_ar
        return PlaceMention(
            facts.id,
            name,
            0,
            0,
            facts.lat,
            facts.lon,
            facts.level,
            facts.name_ar,
            facts.name_en,
            facts.country,
        )

    def _these_places(self, node: Node) -> list[PlaceMention]:
        """هذه المناطق: the list of places just told."""
        rows = [s for s in self.memory.places if s.sentence == node.sentence and s.node.i < node.i]
        if not rows:
            return []
        last = rows[-1].place
        group = [s for s in rows if s.head == rows[-1].head or True]
        return [self._pointing(s, node) for s in group if last is not None]

    def _pointing(self, seen: Seen, node: Node) -> PlaceMention:
        start, end = self._span(node.i, node.j)
        return PlaceMention(
            seen.place.id,
            self.report.text[start:end],
            start,
            end,
            seen.place.lat,
            seen.place.lon,
            seen.place.level,
            seen.place.label_ar,
            seen.place.label_en,
            seen.place.country,
            seen.place.score,
            seen.place.rivals,
            "stands for " + seen.place.name,
        )

    def _extent(self, node: Node, prep: str, item: Resolved) -> str:
        words = self.know.words
        if node.extent:
            return node.extent
        if prep in words["surroundings"]:
            return "surroundings"
        if prep in words["edges"] and prep != "وسط":
            return "part"
        hit = node.head_place
        if hit is not None:
            kinds = {kind for _, kind in hit.parts}
            if "surroundings" in kinds:
                return "surroundings"
            if "part" in kinds:
                return "part"
        if node.classes & {"around-noun"}:
            return "surroundings"
        return ""

    # -- when, how many -----------------------------------------------------------------------
    def _when(self, draft: Draft, nodes: Sequence[Node]) -> tuple[tuple[date, date], Node] | None:
        times = [t for t in draft.args.times if t.qty is not None and t.qty.first is not None]
        if draft.light_node is not None:
            for m in range(draft.light_node.index + 1, draft.node.index):
                if nodes[m].kind == "t" and nodes[m].qty.first is not None:
                    times.append(nodes[m])
            if draft.light.subject != "cause" if draft.light is not None else False:
                own = self.drafts.arguments(draft.light_node.index).times
                times += [t for t in own if t.qty is not None and t.qty.first is not None and t not in times]
        if not times:
            return None
        nearest = min(times, key=lambda t: abs(t.index - draft.node.index))
        return (nearest.qty.first, nearest.qty.last), nearest

    def _quantity(self, draft: Draft, item: Resolved) -> Quantity | None:
        order = {
            "casualties": ("target", "amount", "self", "actor_"),
            "displaced": ("target", "actor", "amount", "self"),
            "crossed_border": ("actor", "target", "self"),
            "protest": ("actor", "self"),
            "celebration": ("actor", "self"),
            "defected": ("actor", "self"),
            "demand": ("actor",),
            "property_destroyed": ("object", "self"),
            "aid": ("amount", "target", "object"),
            "detained": ("target",),
            "abducted": ("target",),
            "released": ("target",),
            "violence_against_civilians": ("target", "self"),
            "shelling": ("amount", "self"),
        }.get(draft.type, ("amount", "self"))
        for name in order:
            nodes = self._counted(name, draft)
            for node in nodes:
                if node.qty is not None and hasattr(node.qty, "min"):
                    return self._as_quantity(node, draft)
        return self._one(draft)

    def _one(self, draft: Draft) -> Quantity | None:
        """مقتل جندي, إصابة طفلة: one victim is 1."""
        fillers = draft.slots.get("target", [])
        if draft.type != "casualties" or len(fillers) != 1:
            return None
        node = fillers[0].node
        if (
            node.kind != "n"
            or node.number != "s"
            or node.definite
            and not node.actors
            or node.tags & {"quantified"}
        ):
            return None
        if not node.classes & {"civilian", "person", "force"} or node.head < 0 or node.head_actor is not None:
            return None
        if node.lemma in self.know.words["groups"]:
            return None
        start, end = self._span(node.head, node.head + 1)
        return Quantity(self.report.text[start:end], start, end, 1, 1, "people")

    def _counted(self, name: str, draft: Draft) -> list[Node]:
        if name == "self":
            return [draft.node]
        if name == "object":
            return [n for a in draft.args.bare for n in a.nodes if n.kind == "n"]
        return [f.node for f in draft.slots.get(name, ())]

    def _as_quantity(self, node: Node, draft: Draft) -> Quantity:
        hit = node.qty
        start, end = self._span(hit.i, hit.j)
        if hit.noun is not None and hit.noun >= hit.j:
            end = self.text.tokens[hit.noun].end
        if (
            hit.cut
            and len(self.text.forms[hit.i]) == self.text.tokens[hit.i].end - self.text.tokens[hit.i].start
        ):
            start += hit.cut
        unit = self._unit(node, draft)
        return Quantity(self.report.text[start:end], start, end, hit.min, hit.max, unit, hit.cumulative)

    def _unit(self, node: Node, draft: Draft) -> str:
        lemma = node.lemma
        classes = node.classes
        if lemma in self.know.words["families"]:
            return "families"
        for name, wanted in UNITS:
            if classes & wanted:
                return name
        if node.kind == "e":
            if "victim" in classes:
                return "people"
            return "strikes" if draft.type in ("air_strike", "shelling") else "incidents"
        if lemma in self.know.words["trucks"]:
            return "trucks"
        return (
            "people"
            if draft.type in ("casualties", "detained", "abducted", "released", "displaced")
            else "items"
        )

    # -- emitting -----------------------------------------------------------------------------
    def _claims(
        self,
        item: Resolved,
        sentence: Sentence,
        nodes: Sequence[Node],
        drafts: SentenceDrafts,
        voices: Voices,
    ) -> Iterator[Claim]:
        draft, voice = item.draft, item.voice
        headline = drafts.headline
        status, why = status_of(draft, nodes, drafts, voice, headline)
        if draft.frame.aspect:
            status, why = Status(draft.frame.aspect), "the frame says so"
        item.note("status", why)
        chain = self._chain(item, voices)
        hedged = self._hedged(nodes, draft)
        trigger = Span(*self._trigger(draft.node))
        evidence = self._evidence(sentence, nodes, draft)
        groups = _by_extent(item.places)
        whole = draft.node.extent == "whole" or self._whole_after(draft, nodes)
        for extent, places in groups:
            chosen = extent or ("whole" if whole else "")
            yield Claim(
                report=self.report.id,
                type=draft.type,
                status=status,
                trigger=trigger,
                evidence=evidence,
                trigger_text=trigger.of(self.report.text),
                evidence_text=evidence.of(self.report.text),
                actor=item.actor,
                target=item.target,
                place=tuple(places),
                toward=tuple(p for p, _ in item.toward),
                extent=Extent(chosen)
                if chosen
                else (Extent(item.toward_extent) if item.toward_extent and not places else None),
                when=item.when[0] if item.when else None,
                time=self._time(item),
                quantity=item.quantity,
                chain=chain,
                hedged=hedged,
                reader=self.reader,
                why=(("frame", draft.frame.id), *item.why, *draft.why, ("voice", voice.rule)),
            )

    def _chain(self, item: Resolved, voices: Voices) -> tuple[Link, ...]:
        links = item.voice.links
        if item.draft.spoken:
            return links
        if item.draft.frame.speech and links and item.actor:
            origin = links[-1]
            mine = item.actor[0]
            if (
                item.draft.node.index in voices.cue_nodes
                or mine.id == origin.id
                and mine.start == origin.start
                or (mine.id and mine.id == origin.id)
            ):
                return links[:-1]
        return links

    def _time(self, item: Resolved) -> TimeMention | None:
        if item.when is None:
            return None
        (first, last), node = item.when
        start, end = self._span(node.i, node.j)
        return TimeMention(first, last, self.report.text[start:end], start, end)

    def _hedged(self, nodes: Sequence[Node], draft: Draft) -> bool:
        return any(n.kind == "a" and n.cues & {"voice-hedges"} for n in nodes)

    def _whole_after(self, draft: Draft, nodes: Sequence[Node]) -> bool:
        words = self.know.words["whole"]
        for node in nodes[draft.node.index + 1 :]:
            if node.kind in "vse" or node.kind == "x" and node.text in ENDS:
                return False
            if node.kind in "np" and any(
                f in words and f not in ("كل", "جميع", "سائر", "كافه", "عموم")
                for f in self.text.forms[node.i : node.j]
            ):
                return True
        return False

    def _trigger(self, node: Node) -> tuple[int, int]:
        token = self.text.tokens[node.head if node.head >= 0 else node.i]
        start = token.start
        if (
            len(token.form) == token.end - token.start
            and node.conj
            and token.form[0] in "وف"
            and len(token.form) > 3
        ):
            start += 1
        return start, token.end

    def _evidence(self, sentence: Sentence, nodes: Sequence[Node], draft: Draft) -> Span:
        return Span(sentence.start, sentence.end)

    def _span(self, i: int, j: int) -> tuple[int, int]:
        return self.text.tokens[i].start, self.text.tokens[j - 1].end

    # -- memory -------------------------------------------------------------------------------
    def remember(self, nodes: list[Node], drafts: SentenceDrafts, number: int) -> None:
        """Take in the bodies and places of a sentence for what comes after."""
        for node in nodes:
            if node.kind in "ne":
                self.note_node(node, number)

    def note_node(self, node: Node, number: int) -> None:
        """One noun phrase into memory (also used while a sentence is being read)."""
        if any(s.node is node for s in self.memory.actors[-30:]) or any(
            s.node is node for s in self.memory.places[-30:]
        ):
            return
        classes = node.classes
        hit = node.head_actor or (
            node.actors[0] if node.actors and classes & (ACTORISH | {"weapon-air"}) else None
        )
        if hit is not None and hit[0]:
            actor = self.know.actors.get(hit[0])
            if actor is not None and (actor.is_source or actor.kind == "monitor" or actor.voice == "monitor"):
                self.memory.speakers.append(Seen((hit[0],), node, number, node.gender, node.number))
            if (
                actor is not None
                and not actor.is_source
                and actor.kind not in ("media", "agency", "operation")
                and (not actor.generic or actor.id in GENERIC_IDS)
            ):
                self.memory.actors.append(Seen((hit[0],), node, number, node.gender, node.number))
        elif "civilian" in classes:
            self.memory.actors.append(Seen(("civilians",), node, number, node.gender, node.number or "p"))
        elif "detainee" in classes:
            self.memory.actors.append(Seen(("detainees",), node, number, node.gender, node.number or "p"))
        elif "force" in classes and node.enclitic in ("نا", "ي") and self.self_actor:
            self.memory.actors.append(Seen((self.self_actor,), node, number, node.gender, node.number))
        elif "force" in classes and not node.definite and node.number == "p":
            self.memory.actors.append(Seen(("armed-groups",), node, number, "m", "p"))
        if node.kind == "e" and any(f.type == "protest" for f in node.frames):
            self.memory.actors.append(Seen(("civilians",), node, number, "m", "p"))
        for place in node.places:
            found = mention(place, self.know.places)
            head = place.head
            self.memory.places.append(
                Seen(
                    (found.id,),
                    node,
                    number,
                    "",
                    "",
                    place=found,
                    level=found.level,
                    head=_fold(head),
                    aside=node.prep in self.know.words["surroundings"] or place.i in self.text.asides,
                )
            )


def _fold(word: str) -> str:
    from riwaya.text.normalise import fold

    return fold(word)


class Resolved:
    """A draft with its slots resolved."""

    def __init__(self, draft: Draft, voice: Voice) -> None:
        self.draft, self.voice = draft, voice
        self.actor: tuple[Mention, ...] = ()
        self.target: tuple[Mention, ...] = ()
        self.places: list[tuple[PlaceMention, str]] = []
        self.toward: list[tuple[PlaceMention, str]] = []
        self.toward_extent = ""
        self.when: tuple[tuple[date, date], Node] | None = None
        self.quantity: Quantity | None = None
        self.why: list[tuple[str, str]] = []
        self.dropped = False
        self.told = False  # something is said of the happening: المفاوضات جرت, مشاورات استمرت أسبوعا

    def note(self, slot: str, reason: str) -> None:
        """Why a slot holds what it holds."""
        if (slot, reason) not in self.why:
            self.why.append((slot, reason))

    def enough(self) -> bool:
        """Whether the frame's needs are met after everything was looked at."""
        have = set()
        if self.actor:
            have.add("actor")
        if self.target:
            have.add("target")
        if self.places:
            have.add("place")
        if self.toward:
            have.add("toward")
        if self.quantity is not None or self.draft.slots.get("amount"):
            have.add("amount")
        if self.draft.light is not None or self.draft.node.qty is not None:
            have |= {"fell", "told"}
        if self.told:
            have.add("told")
        finite = self.draft.node.kind == "v" or "hal" in self.draft.node.tags
        if finite and (self.draft.slots.get("actor") or self.draft.node.person == 1):
            have.add("said")
        if self.quantity is not None or self.draft.node.qty is not None or self.places or self.toward:
            have.add("counted")
        if self.places or self.actor:
            have.add("context")
        denied = self.draft.light is not None and self.draft.light.status == "denied"
        disowned = self.voice.denies and self.draft.node.kind == "e" and self.draft.type not in TALKS
        if denied or disowned:
            have.add("actor")  # who was beaten back, or did not do it, often goes unsaid
        return all(have & need for need in self.draft.frame.needs)


def _by_extent(places: list[tuple[PlaceMention, str]]) -> list[tuple[str, list[PlaceMention]]]:
    if not places:
        return [("", [])]
    groups: dict[str, list[PlaceMention]] = {}
    for place, extent in places:
        groups.setdefault(extent, []).append(place)
    return list(groups.items())


# -- what the sentence leaves no doubt of -------------------------------------------------------
def _causes(items: list[Resolved], nodes: Sequence[Node]) -> None:
    """Cause and effect: the dead lie where the strike was."""
    _onward(items)
    for first, second in itertools.pairwise(items):
        if first.draft.type == second.draft.type == "casualties":
            _toll_by(first, second)
    for item in items:
        if item.draft.type == "casualties":
            _from_cause(item, items, nodes)
        if item.draft.type == "casualties" and item.target and item.target[0].id == "unknown":
            before = next(
                (o for o in reversed(items[: items.index(item)]) if o.draft.type == "casualties"), None
            )
            fillers = item.draft.slots.get("target", [])
            bare = not fillers or not fillers[0].node.classes & {"person"} or fillers[0].node.lemma == "اخر"
            after = next(
                (
                    o
                    for o in items[items.index(item) + 1 :]
                    if o.draft.type == "casualties" and o.draft.node.conj
                ),
                None,
            )
            if before is None and bare and after is not None and after.target and item.draft.node.kind == "e":
                item.target = after.target  # ١٢ قتيلا و٣٠ جريحا من المدنيين
            if before is not None and before.target and bare:
                item.target = before.target
                item.note("target", "the others of those counted before")


def _toll_by(first: Resolved, second: Resolved) -> None:
    """واستشهد مزارع وأصيب آخر برصاص الجيش في المغازي: what is said behind two verbs is said of both."""
    if not second.draft.node.conj:
        return
    if not first.actor and second.actor and first.draft.node.kind == second.draft.node.kind == "v":
        first.actor = second.actor
        first.note("actor", "who hurt the others")
    if not first.places and second.places and first.draft.node.kind == second.draft.node.kind == "v":
        first.places = list(second.places)
        first.note("place", "where the others were hurt")


def _share(items: list[Resolved], nodes: Sequence[Node]) -> None:
    """What joined predicates have in common."""
    for n, item in enumerate(items):
        if not item.places and not item.toward and item.draft.type in LOCATED:
            _place_nearby(item, items, n, nodes)
        after = item.draft.node.kind == "e" and item.draft.node.prep in ("بعد", "اثر", "عقب", "خلال")
        if (
            not item.actor
            and (after and item.draft.type in ("entered", "attack"))
            or not item.actor
            and item.draft.type
            in (
                "clash",
                "searched",
                "siege",
                "deployed",
                "property_destroyed",
                "operation_launched",
            )
        ):
            _actor_nearby(item, items, n, nodes)
        if not item.actor and item.draft.type in TALKS:
            _sides_of_the_talks(item, items, n, nodes)
        if item.draft.type == "clash" and item.actor and not item.target:
            _foe_nearby(item, items, nodes)
    for n, item in enumerate(items):
        if item.when is None:
            _time_nearby(item, items, n, nodes)


def _onward(items: list[Resolved]) -> None:
    """الانسحاب من حمص والتوجه إلى دمشق: a withdrawal toward somewhere is one claim."""
    for first, second in itertools.pairwise(items):
        if first.draft.type == "withdrew" and second.draft.type == "advanced" and second.draft.node.conj:
            same = not second.actor or {m.id for m in second.actor} == {m.id for m in first.actor}
            if second.draft.node.kind == first.draft.node.kind == "e" and same and not first.toward:
                first.toward = second.toward or second.places
                second.dropped = True


def _from_cause(item: Resolved, items: list[Resolved], nodes: Sequence[Node]) -> None:
    """The strike that killed: its actor, place and day are the casualties' too."""
    best: Resolved | None = None
    k = item.draft.node.index
    for other in items:
        during = other.draft.type in (
            "entered",
            "searched",
            "operation_launched",
        ) and other.draft.node.prep in ("خلال", "اثناء", "في")
        if other is item or other.draft.type not in HARM and not during:
            continue
        distance = abs(other.draft.node.index - k)
        if any(
            nodes[m].kind == "x" and nodes[m].text in ENDS
            for m in range(min(k, other.draft.node.index), max(k, other.draft.node.index))
        ):
            continue
        if best is None or distance < abs(best.draft.node.index - k):
            best = other
    if best is None:
        return
    if not item.places and best.places:
        item.places = list(best.places)
        item.note("place", f"where the {best.draft.type} was")
    elif item.places and not best.places:
        best.places = list(item.places)
    if not best.actor and best.draft.node.definite:  # قُتل في القصف: that which was told before
        for other in reversed(items[: items.index(best)]):
            if other.draft.type in HARM and other.actor and not other.draft.node.definite:
                best.actor = other.actor
                break
    counted = item.target and item.target[0].id == "unknown" and item.quantity is not None
    if counted and best.target and best.draft.type != "clash" and best.draft.node.index < k:
        item.target = best.target  # فتحت النار على محتجين فقتلت سبعين
        item.note("target", f"whom the {best.draft.type} was aimed at")
    if not item.actor and best.draft.type == "clash" and item.target:
        hurt = {m.id for m in item.target}
        for side, foe in ((best.actor, best.target), (best.target, best.actor)):
            if foe and hurt & {m.id for m in side}:
                item.actor = foe
                item.note("actor", "the other side of the fight")
    if not item.actor and best.actor and best.draft.type != "clash":
        same = item.target and {m.id for m in item.target} & {m.id for m in best.actor}
        if not same:
            item.actor = best.actor
            item.note("actor", f"who made the {best.draft.type}")
    if not item.when and best.when:
        item.when = best.when


def _place_nearby(item: Resolved, items: list[Resolved], n: int, nodes: Sequence[Node]) -> None:
    order = [*reversed(items[:n]), *items[n + 1 :]]
    for other in order:
        if other.places and other.draft.type not in PLACELESS and _joined(item, other, nodes, APART):
            item.places = list(other.places)
            item.note("place", f"the place of {other.draft.node.text}")
            return


def _actor_nearby(item: Resolved, items: list[Resolved], n: int, nodes: Sequence[Node]) -> None:
    targets = {m.id for m in item.target}
    for other in [*reversed(items[:n]), *items[n + 1 :]]:
        if other.actor and _joined(item, other, nodes) and not targets & {m.id for m in other.actor}:
            if other.draft.type in ("casualties", "demand", "displaced") or other.actor[0].id in (
                "civilians",
            ):
                continue
            item.actor = other.actor
            item.note("actor", f"the actor of {other.draft.node.text}")
            if item.draft.type == "clash" and not item.target and other.target:
                item.target = other.target
            return


def _foe_nearby(item: Resolved, items: list[Resolved], nodes: Sequence[Node]) -> None:
    """سيطرت … على المدينة من التنظيم بعد معارك: the side it was taken from is the side fought."""
    mine = {m.id for m in item.actor}
    for other in items:
        if other is item or not other.target or not other.actor or not _joined(item, other, nodes):
            continue
        against = {m.id for m in other.target}
        if mine == {m.id for m in other.actor} and not against & (GENERIC_IDS | mine):
            item.target = other.target
            item.note("target", f"the other side of {other.draft.node.text}")
            return


def _sides_of_the_talks(item: Resolved, items: list[Resolved], n: int, nodes: Sequence[Node]) -> None:
    """محادثات بين … بهدف التوصل إلى هدنة: those who talk are those who agree."""
    for other in [*reversed(items[:n]), *items[n + 1 :]]:
        if other.draft.type in TALKS and other.actor and _joined(item, other, nodes):
            item.actor = other.actor
            item.note("actor", f"the sides of {other.draft.node.text}")
            return


def _time_nearby(item: Resolved, items: list[Resolved], n: int, nodes: Sequence[Node]) -> None:
    """A day said of one predicate is said of those joined to it by و."""
    k = item.draft.node.index
    if item.draft.type == "casualties" and n + 1 < len(items) and items[n + 1].when is not None:
        after = items[n + 1]
        if after.draft.type == "casualties" and after.draft.node.conj and after.draft.node.kind == "v":
            item.when = after.when
            return
    for other in reversed(items[:n]):
        if other.when is None:
            continue
        if item.draft.node.kind == "e" and item.draft.node.prep in ("خلال", "اثناء", "في"):
            item.when = other.when
            return
        between = nodes[other.draft.node.index + 1 : k + 1]
        if any(x.kind == "s" and "break" in x.tags or x.kind == "x" and x.text in ENDS for x in between):
            return
        node = item.draft.node
        if node.kind == "v" and node.conj or other.draft.cause is node or item.draft.type == "casualties":
            item.when = other.when
        return


def _joined(a: Resolved, b: Resolved, nodes: Sequence[Node], borders: frozenset[str] = CONTRAST) -> bool:
    lo, hi = sorted((a.draft.node.index, b.draft.node.index))
    for node in nodes[lo:hi]:
        if node.kind == "x" and node.text in (".", "؛", ";", "!", "؟"):
            return False
        if node.kind == "s" and "break" in node.tags and node.text.removeprefix("و") in borders:
            return False
    return True


__all__ = ["COMMAS", "Any", "Argument", "ClaimWriter", "PlaceHit"]
