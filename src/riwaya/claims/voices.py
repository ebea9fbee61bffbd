"""On whose word: which voice governs each node of a sentence, link by link.

A cue (قال، أعلن، بحسب …) hands the clause over to its speaker; the voice reaches to the end of the
sentence unless a border word gives the outlet its own voice back.  A sentence that opens by going on
(وأضاف، وتابع) or stands in an open quotation keeps the chain it goes on from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from riwaya.claims.drafts import SentenceDrafts
from riwaya.claims.frames import ACTORISH, classes_of
from riwaya.claims.grammar import DASHES, QUOTES, Node, Text
from riwaya.claims.knowledge import Knowledge
from riwaya.claims.roles import COMMAS, ENDS
from riwaya.model import Link

SPEAKING = ACTORISH | {"people", "civilian", "footage", "news", "media", "body", "speaker", "commander"}
LINK_KINDS = {
    "civilian": "resident",
    "footage": "footage",
    "news": "unnamed",
}


@dataclass(slots=True)
class Voice:
    """A chain that is speaking, and how it came to."""

    links: tuple[Link, ...]
    rule: str
    speaker: Node | None = None
    actor: str = ""  # the id "we" stands for
    denies: bool = False
    expects: bool = False
    places: tuple[Any, ...] = ()  # where residents who speak live


@dataclass
class VoiceState:
    """What a report's voices have said so far."""

    last: Voice | None = None
    open_quote: Voice | None = None
    last_sentence: int = -9
    names: dict[str, tuple[Link, ...]] = field(default_factory=dict)


NO_VOICE = Voice((), "the outlet itself")


class Voices:
    """The voices of one sentence: ``at[k]`` is the voice of node ``k``."""

    def __init__(
        self,
        nodes: list[Node],
        drafts: SentenceDrafts,
        text: Text,
        state: VoiceState,
        self_actor: str,
        sentence: int,
    ) -> None:
        self.nodes, self.drafts, self.text = nodes, drafts, text
        self.know: Knowledge = text.know
        self.state = state
        self.self_actor = self_actor
        self.sentence = sentence
        self.at: list[Voice] = [NO_VOICE] * len(nodes)
        self.cue_nodes: set[int] = set()

    def run(self) -> None:
        """Fill ``at`` and carry the state on."""
        carried = self._carried()
        current = carried or NO_VOICE
        if carried:
            close = len(self.nodes)
            if self.state.open_quote is not None:
                close = next(
                    (k for k, n in enumerate(self.nodes) if n.kind == "x" and n.text in QUOTES), close
                )
            for k in range(close):
                self.at[k] = current
        self._headline_voice()
        k = 0
        while k < len(self.nodes):
            voice, start = self._cue(k)
            if voice is not None:
                nested = bool(self.at[k].links) and len(voice.links) > len(self.at[k].links)
                self._spread(start, voice)
                self.cue_nodes.add(k)
                if not nested:
                    self._remember(voice)
            k += 1
        self._attributions()

    # -- carried on ---------------------------------------------------------------------------
    def _carried(self) -> Voice | None:
        state = self.state
        if state.open_quote is not None:
            return state.open_quote
        if self.nodes and self.nodes[0].kind == "s" and self.nodes[0].tags & {"comp"} and self.nodes[0].conj:
            return state.last
        return None

    def _remember(self, voice: Voice) -> None:
        self.state.last = voice
        self.state.last_sentence = self.sentence

    # -- cues ---------------------------------------------------------------------------------
    def _cue(self, k: int) -> tuple[Voice | None, int]:
        node = self.nodes[k]
        if node.kind == "v" and node.cues:
            return self._verb_cue(k)
        if node.kind == "s" and "comp" in node.tags and node.conj and not self.at[k].links:
            last = self.state.last
            if last is not None and last.links and self.sentence - self.state.last_sentence <= 2:
                return Voice(last.links, "goes on with وأن", last.speaker, last.actor), k + 1
        if node.kind == "e" and "voice-announce" in node.cues:
            return self._masdar_cue(k)
        if node.kind == "a":
            if "participle-continue" in node.cues:
                return self._participle_cue(k)
            if "voice-unnamed" in node.cues:
                return self._unnamed(k)
        return None, 0

    def _verb_cue(self, k: int) -> tuple[Voice | None, int]:
        node = self.nodes[k]
        saying = {"voice-say", "voice-announce", "voice-shown"} & node.cues
        if not saying:
            return None, 0
        start = self._complement(k)
        if start < 0:
            return None, 0
        speaker = self._speaker(k)
        if (
            speaker is not None
            and speaker.index >= start
            and speaker.kind == "n"
            and speaker.enclitic != "نا"
        ):
            start = speaker.index + 1
        speaker = self._named_person(speaker, start)
        links, rule = self._chain_of(k, speaker, node)
        if links is None:
            return None, 0
        links = self._not_outlet(links)
        voice = Voice(
            links,
            rule,
            speaker,
            actor=self._actor_of(links),
            denies="voice-deny" in node.cues,
            expects="voice-expect" in node.cues,
            places=self._home(speaker, links),
        )
        return voice, start

    def _complement(self, k: int) -> int:
        """Where what is said begins: after إن/أن, a colon, a quotation mark, or at a masdar; else -1."""
        node = self.nodes[k]
        announce = "voice-announce" in node.cues or "voice-shown" in node.cues
        relative = False
        for m in range(k + 1, len(self.nodes)):
            n = self.nodes[m]
            if n.kind == "s" and "comp" in n.tags:
                return m
            if n.kind == "x":
                if n.text == ":" or n.text in QUOTES and self._quote_is_speech(m):
                    return m
                if n.text in ENDS:
                    return -1
                continue
            if n.kind == "r" and "voice-shown" not in node.cues:
                relative = True
                continue
            if relative and n.kind in "ve":
                continue
            if n.kind == "v" and not n.conj and self._describes(k, m):
                relative = True
                continue
            if n.kind == "v":
                if not announce:
                    return -1
                return -1 if n.conj or "voice-shown" not in node.cues else m
            if n.kind == "e" and announce and not self._inside_speaker(k, m):
                return m
            if n.kind == "q" and "حال" in n.tags:
                return m
            if n.kind == "r" and "voice-shown" in node.cues:
                return m
            if n.kind == "s" and "break" in n.tags:
                if m + 1 < len(self.nodes) and n.text in ("كما", "حيث"):
                    return -1
                return -1
        if announce and "voice-shown" in node.cues:
            return k + 1
        return -1

    def _describes(self, k: int, m: int) -> bool:
        """قال مسؤول طلب إخفاء هويته إن…: a verb right behind an indefinite speaker only describes him."""
        before = self.nodes[m - 1]
        inside = all(n.kind in "npxte" for n in self.nodes[k + 1 : m])
        return (
            inside
            and before.kind in "ne"
            and (before.kind == "n" or not before.definite)
            and m + 1 < len(self.nodes)
            and any(n.kind == "s" and "comp" in n.tags for n in self.nodes[m + 1 : m + 9])
        )

    def _named_person(self, speaker: Node | None, start: int) -> Node | None:
        """المتحدث باسم … المقدم فلان: the person named behind the office, before what is said."""
        if speaker is None or speaker.kind != "n" or self._person(speaker):
            return speaker
        if not speaker.classes & {"commander", "speaker"}:
            return speaker
        for m in range(speaker.index + 1, min(start, len(self.nodes))):
            node = self.nodes[m]
            if node.kind in "vsr":
                break
            if node.kind == "n" and self._person(node):
                return node
        return speaker

    def _quote_is_speech(self, m: int) -> bool:
        """A quotation that holds a clause, not a name in quotation marks."""
        for n in range(m + 1, min(m + 12, len(self.nodes))):
            node = self.nodes[n]
            if node.kind == "x" and node.text in QUOTES:
                return False
            if node.kind in "vse":
                return True
        return False

    def _inside_speaker(self, k: int, m: int) -> bool:
        return False

    def _speaker(self, k: int) -> Node | None:
        found = self.drafts.subjects.get(k)
        if found is None:
            return None
        node = found[0].nodes[0]
        return node if node.kind in "nq" else None

    def _chain_of(self, k: int, speaker: Node | None, cue: Node) -> tuple[tuple[Link, ...] | None, str]:
        above = self.at[k].links if self.at[k] is not NO_VOICE else ()
        if cue.person == 1:
            if self.at[k] is not NO_VOICE:
                return self.at[k].links, "we, in this voice"
            return (), "the outlet's own words"
        if speaker is None or speaker.kind != "n":
            last = self.state.last
            if last is not None and self.sentence - self.state.last_sentence <= 3:
                return last.links, "goes on in the same voice"
            return None, ""
        if self._is_outlet(speaker):
            return (), "the outlet's own correspondent"
        classes = classes_of(speaker)
        if not classes & SPEAKING and not self._capital(speaker):
            return None, ""
        same = self._same_speaker(speaker)
        if same is not None:
            return same, "the same speaker goes on"
        link = self._link(speaker)
        if link is None:
            return None, ""
        links = (*above, link)
        through = self._through(k, speaker)
        if through is not None:
            links = (*above, through, link)
        source = self._from_source(k, cue, link)
        if source is not None:
            links = (*links, source)
        return links, f"{cue.text}: its subject speaks"

    def _same_speaker(self, speaker: Node) -> tuple[Link, ...] | None:
        """وأضاف المصدر، وأكد السكان: the speaker of the sentences before, by a definite noun."""
        last = self.state.last
        if last is None or not last.links or self.sentence - self.state.last_sentence > 3:
            return None
        generic = all(self.know.actors[a[0]].generic for a in speaker.actors if a[0] in self.know.actors)
        article = speaker.head >= 0 and any(
            f.startswith(("ال", "وال", "فال", "لل", "بال"))
            for f in self.text.forms[speaker.i : speaker.i + 1]
        )
        if generic and article:
            origin = last.links[-1]
            head = self.text.forms[speaker.head].removeprefix("ال") if speaker.head >= 0 else ""
            if (
                head
                and head[:4] in origin.name.replace("ـ", "")
                or head in ("متحدث", "ناطق", "مصدر")
                and (origin.kind in ("unnamed", "party", "official"))
            ):
                return last.links
            if head.startswith("سكان") and origin.kind == "resident":
                return last.links
            return None
        ident = self._speaker_id(speaker)
        if ident:
            for links in reversed(list(self.state.names.values())):
                if links and links[-1].id == ident and len(links) > 1:
                    return links
        return None

    def _link(self, speaker: Node) -> Link | None:
        tokens, know = self.text.tokens, self.know
        ident = self._speaker_id(speaker)
        first, last = speaker.i, speaker.j
        actor = know.actors.get(ident)
        kind = "unnamed"
        classes = classes_of(speaker)
        if actor is not None and not actor.generic:
            kind = actor.voice
            hit = (
                self._person(speaker) or speaker.head_actor or (speaker.actors[0] if speaker.actors else None)
            )
            if hit is not None:
                first, last = hit[1], hit[2]
            if actor.kind == "person" and actor.speaks_for and actor.voice == "monitor":
                ident = actor.speaks_for
        elif "footage" in classes:
            kind, ident = "footage", "footage"
        elif "news" in classes:
            kind, ident = "unnamed", "reports"
        elif actor is not None and actor.generic:
            kind = actor.voice if actor.voice != "party" else "resident"
            if actor.id == "civilians":
                kind, ident = "resident", ""
            if actor.id == "armed-groups":
                kind, ident = "unnamed", ""
        elif classes & {"civilian", "people"} and not classes & {"commander"}:
            kind = "resident"
        elif classes & {"commander"} and not classes & {"force"}:
            kind = "official" if not speaker.actors else kind
        if ident in ("unnamed-sources", "civilians", "armed-groups", "unknown"):
            ident = ""
        start = tokens[first].start + self._letters(first)
        end = tokens[last - 1].end
        return Link(self.text.source[start:end], ident, kind, start, end)

    def _letters(self, i: int) -> int:
        unit = self.text.units.get(i)
        if unit is not None:
            return (
                unit.letters
                if len(self.text.forms[i]) == self.text.tokens[i].end - self.text.tokens[i].start
                else 0
            )
        form = self.text.forms[i]
        for analysis in self.know.lexicon.analyse(form)[:1]:
            if (
                analysis.proclitics
                and analysis.proclitics[0] in ("و", "ف")
                and len(form) == (self.text.tokens[i].end - self.text.tokens[i].start)
            ):
                return 1
        return 0

    def _person(self, speaker: Node) -> tuple[str, int, int] | None:
        for hit in reversed(speaker.actors):
            actor = self.know.actors.get(hit[0])
            if actor is not None and actor.kind == "person":
                return hit
        return None

    def _speaker_id(self, speaker: Node) -> str:
        person = self._person(speaker)
        if person is not None:
            return person[0]
        if speaker.head_actor is not None:
            return speaker.head_actor[0]
        classes = classes_of(speaker)
        if speaker.actors:
            ident = speaker.actors[0][0]
            lemma = speaker.lemma
            if "member" in speaker.tags:
                return ""  # ضابط في الشرطة: one of them, not they
            if "speaker" in classes and lemma in self.know.words["unnamed_speakers"]:
                return ""
            if lemma in self.know.words["spokesmen"]:
                return self._spokesman_of(ident)
            return ident
        return self._capital(speaker)

    def _spokesman_of(self, ident: str) -> str:
        """An unnamed spokesman: the pack's id for the office where it has one, else the body itself."""
        return self.know.spokesmen.get(ident, ident)

    def _capital(self, speaker: Node) -> str:
        """قالت دمشق، تنفي بغداد: a capital or a country as its government."""
        if speaker.head_place is None or speaker.classes & {"place-noun"}:
            return ""
        hit = speaker.head_place
        words = tuple(self.text.forms[hit.i : hit.j])
        first = words[0]
        for cut in range(3):
            ids = self.know.capitals.get((first[cut:], *words[1:]))
            if ids:
                return max(ids, key=lambda i: self.text.theatres.get(self.know.actors[i].theatre, 0.0))
        return ""

    def _is_outlet(self, speaker: Node) -> bool:
        forms = self.text.forms[speaker.i : speaker.j]
        own = self.know.words["correspondents"]
        return any(f.lstrip("ول") in own or f in own for f in forms)

    def _not_outlet(self, links: tuple[Link, ...]) -> tuple[Link, ...]:
        """The outlet naming itself is no link."""
        own = self.text.outlet_id
        return tuple(link for link in links if not own or link.id != own)

    def _home(self, speaker: Node | None, links: Sequence[Link]) -> tuple[Any, ...]:
        """سكان في حي القصور، أهالي البلدة: what residents tell happened where they live."""
        if speaker is None or not links or links[-1].kind not in ("resident", "witness"):
            return ()
        if speaker.places:
            return tuple(speaker.places[:1])
        for node in self.nodes[speaker.index + 1 : speaker.index + 3]:
            if node.kind == "n" and node.prep in ("في", "ب", "من") and node.places:
                return tuple(node.places[:1])
        return ()

    def _actor_of(self, links: Sequence[Link]) -> str:
        """Whom "we" stands for in this voice: the side its last link speaks for."""
        for link in reversed(links):
            actor = self.know.actors.get(link.id)
            if actor is None:
                continue
            if actor.speaks_for:
                return actor.speaks_for
            if not actor.is_source:
                return actor.id
        return ""

    # -- media it was said to, sources it was taken from ---------------------------------------
    def _through(self, k: int, speaker: Node) -> Link | None:
        """قال لوكالة…، في مقابلة مع…: the outlet the words were said to comes first."""
        for m in range(k + 1, min(len(self.nodes), k + 14)):
            node = self.nodes[m]
            if node.kind == "s" and "comp" in node.tags or node.kind == "x" and node.text in ENDS | {":"}:
                return None
            if node is speaker or node.kind != "n":
                continue
            ident = node.head_actor[0] if node.head_actor else (node.actors[0][0] if node.actors else "")
            actor = self.know.actors.get(ident)
            if (
                actor is not None
                and actor.is_source
                and node.prep in ("ل", "مع", "voice", "الي", "عبر", "علي")
            ):
                return self._link(node)
        return None

    def _from_source(self, k: int, cue: Node, first: Link) -> Link | None:
        """نقلت الوكالة عن مصدر: the outlet, then whom it quotes."""
        if cue.lemma not in self.know.words["quoting"]:
            return None
        for m in range(k + 1, min(len(self.nodes), k + 10)):
            node = self.nodes[m]
            if node.kind == "s" and "comp" in node.tags:
                return None
            if node.kind == "n" and node.prep == "عن":
                return self._known_source(node) or self._link(node)
        return None

    def _known_source(self, node: Node) -> Link | None:
        """عن المصدر الأمني: a definite noun for a source that spoke before."""
        last = self.state.last
        if last is not None and last.links and node.definite and not node.actors:
            return last.links[-1]
        return None

    # -- other cues ---------------------------------------------------------------------------
    def _masdar_cue(self, k: int) -> tuple[Voice | None, int]:
        """بُعيد إعلان الفصائل توغلها: an announcement as a noun speaks for its subject."""
        node = self.nodes[k]
        subject = None
        if node.enclitic:
            return None, 0
        if k + 1 < len(self.nodes) and self.nodes[k + 1].kind == "n" and self.nodes[k + 1].i == node.j:
            subject = self.nodes[k + 1]
        if subject is None or not classes_of(subject) & SPEAKING:
            return None, 0
        link = self._link(subject)
        if link is None:
            return None, 0
        above = self.at[k].links
        return Voice(
            (*above, link),
            f"{node.text}: its subject speaks",
            subject,
            self._actor_of((link,)),
            denies="voice-deny" in node.cues,
        ), k + 2

    def _participle_cue(self, k: int) -> tuple[Voice | None, int]:
        last = self.at[k] if self.at[k].links else self.state.last
        if last is None or not last.links:
            return None, 0
        return Voice(last.links, "goes on: " + self.nodes[k].text, last.speaker, last.actor), k + 1

    def _unnamed(self, k: int) -> tuple[Voice | None, int]:
        node = self.nodes[k]
        start, end = self.text.tokens[node.i].start, self.text.tokens[node.j - 1].end
        link = Link(self.text.source[start:end], "reports", "unnamed", start, end)
        above = self.at[k].links
        return Voice((*above, link), "said, by nobody named"), k + 1

    def _headline_voice(self) -> None:
        """«المعارضة: …», «مصادر ميدانية: …»: the words before a colon speak, when they can."""
        nodes = self.nodes
        m = 0
        while m < len(nodes) and (
            nodes[m].kind in "xt"
            or nodes[m].kind == "n"
            and nodes[m].text[:1].isdigit()
            and not nodes[m].classes - {"amount"}
            or nodes[m].kind == "n"
            and not nodes[m].classes & SPEAKING
            and (m + 1 < len(nodes) and nodes[m + 1].kind == "x" and nodes[m + 1].text in DASHES | {"|"})
        ):
            m += 1
        start = m
        while (
            m < len(nodes)
            and (
                nodes[m].kind in "np"
                or "voice-after" in nodes[m].cues
                or nodes[m].kind == "x"
                and nodes[m].text in QUOTES
            )
            and m - start < 7
        ):
            if m + 1 < len(nodes) and nodes[m + 1].kind == "x" and nodes[m + 1].text == ":":
                break
            m += 1
        if m + 1 >= len(nodes) or nodes[m + 1].kind != "x" or nodes[m + 1].text != ":":
            return
        speaker = nodes[start]
        if speaker.kind != "n" or speaker.prep:
            return
        for n in nodes[start : m + 1]:
            if n.kind == "n" and self._person(n):
                speaker = n
        classes = classes_of(speaker)
        if (
            not classes & (SPEAKING - {"civilian", "people"})
            and not self._capital(speaker)
            and not (classes & {"people"} and "speaker" in classes)
        ):
            return
        if self._is_outlet(speaker):
            return
        link = self._link(speaker)
        if link is None:
            return
        actor = self.know.actors.get(link.id)
        if actor is not None and actor.is_source and not len(nodes) > m + 2:
            return
        links: tuple[Link, ...] = (link,)
        quoted = next((n for n in range(start, m + 1) if "voice-after" in nodes[n].cues), -1)
        if 0 <= quoted < m and nodes[quoted + 1].kind == "n":
            first, second = self._link(nodes[start]), self._link(nodes[quoted + 1])
            if first is not None and second is not None:
                links = (first, second)
        links = self._not_outlet(links)
        voice = Voice(
            links, "speaks before a colon", speaker, self._actor_of(links), places=self._home(speaker, links)
        )
        for k in range(m + 2, len(nodes)):
            self.at[k] = voice
        self._remember(voice)

    def _is_border(self, node: Node) -> bool:
        borders = self.know.words["voice_borders"]
        return node.text in borders or node.text.removeprefix("و") in borders

    # -- reach --------------------------------------------------------------------------------
    def _spread(self, start: int, voice: Voice) -> None:
        quote = 0
        masdar = self.nodes[start].kind == "e" if start < len(self.nodes) else False
        for k in range(start, len(self.nodes)):
            node = self.nodes[k]
            if node.kind == "x" and node.text in QUOTES:
                quote ^= 1
            if not quote and k > start:
                if node.kind == "s" and "break" in node.tags and self._is_border(node):
                    return
                if masdar and node.kind == "v" and node.conj:
                    return
                if (
                    node.kind == "p"
                    and "مع" in node.text
                    and voice.links
                    and voice.links[-1].kind == "footage"
                ):
                    return  # تزامنا مع: pictures show no more than they show
            self.at[k] = voice

    def _attributions(self) -> None:
        """بحسب…, وفق ما أعلن…: the voice behind the clause governs it back to its border."""
        for k, node in enumerate(self.nodes):
            if not (
                node.kind == "a" and "voice-after" in node.cues or self._as_said(k) or self._said_last(k)
            ):
                continue
            speaker_at = next(
                (m for m in range(k + 1, min(k + 5, len(self.nodes))) if self.nodes[m].kind == "n"), None
            )
            if speaker_at is None:
                continue
            speaker = self.nodes[speaker_at]
            if not classes_of(speaker) & (SPEAKING | {"media"}) and not self._capital(speaker):
                continue
            links = self._same_speaker(speaker)
            if links is None:
                link = self._link(speaker)
                if link is None:
                    continue
                links = (link,)
                through = self._said_to(speaker_at)
                if through is not None:
                    links = (through, link)
                source = self._quoted_source(speaker_at)
                if source is not None:
                    links = (link, source)
            links = self._not_outlet(links)
            voice = Voice(links, f"{node.text}: said by", speaker, self._actor_of(links))
            self._remember(voice)
            opening = all(n.kind in "xat" or n.conj and n.kind == "a" for n in self.nodes[:k])
            lo, hi = (speaker_at + 1, len(self.nodes)) if opening else (self._border_before(k), k)
            for m in range(lo, hi):
                if not self.at[m].links:
                    self.at[m] = voice
                elif not opening and self.at[m].links[-1].id != links[-1].id and False:
                    self.at[m] = voice

    def _said_last(self, k: int) -> bool:
        """…، يقول محمود بصل من الدفاع المدني: who said it all stands at the end."""
        node = self.nodes[k]
        if node.kind != "v" or "voice-say" not in node.cues or node.conj or k < 2:
            return False
        if (
            self.nodes[k - 1].kind != "x"
            or self.nodes[k - 1].text not in COMMAS
            or k not in self.drafts.subjects
        ):
            return False
        return not any(
            n.kind in "vse" or n.kind == "x" and n.text in QUOTES | {":"} for n in self.nodes[k + 1 :]
        )

    def _as_said(self, k: int) -> bool:
        """كما قال…, at the end of what was said."""
        node = self.nodes[k]
        if node.kind != "s" or node.text.removeprefix("و") != "كما" or k + 1 >= len(self.nodes) or k == 0:
            return False
        return (
            self.nodes[k + 1].kind == "v"
            and "voice-say" in self.nodes[k + 1].cues
            and not any(n.kind == "s" and "comp" in n.tags for n in self.nodes[k:])
        )

    def _said_to(self, m: int) -> Link | None:
        """وفق مسؤول تحدث لوكالة: the agency met through a verb of saying after the speaker."""
        for n in range(m + 1, min(m + 5, len(self.nodes))):
            node = self.nodes[n]
            if node.kind == "n":
                ident = node.actors[0][0] if node.actors else ""
                actor = self.know.actors.get(ident)
                if actor is not None and actor.is_source:
                    return self._link(node)
        return None

    def _quoted_source(self, m: int) -> Link | None:
        """بحسب وكالة نقلا عن مصدر."""
        for n in range(m + 1, min(m + 4, len(self.nodes))):
            node = self.nodes[n]
            if node.kind == "a" and "voice-after" in node.cues and n + 1 < len(self.nodes):
                return self._link(self.nodes[n + 1]) if self.nodes[n + 1].kind == "n" else None
            if node.kind == "n" and node.prep == "عن":
                return self._link(node)
        return None

    def _border_before(self, k: int) -> int:
        for m in range(k - 1, -1, -1):
            node = self.nodes[m]
            if node.kind == "s" and "break" in node.tags and self._is_border(node):
                return m
            if node.kind == "x" and node.text in ("؛", ";"):
                return m
            if node.kind == "v" and node.conj and m and self.nodes[m - 1].kind == "x":
                own = self.drafts.subjects.get(m)
                if own is not None and own[1] == "behind the verb":
                    return m  # …، ولجأ 60 ألفا إلى…، بحسب الأمم المتحدة: its own clause, and no farther
        return 0


__all__ = ["COMMAS", "NO_VOICE", "Voice", "VoiceState", "Voices"]
