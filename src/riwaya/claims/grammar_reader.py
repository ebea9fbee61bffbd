"""The reader: one pass over a report's names, frames, voices, status and reference.

`GrammarReader.read` yields the claims of a report in text order.  A report without a single word that
could carry a claim costs little more than cutting it into words.
"""

from __future__ import annotations

from collections.abc import Iterator

from riwaya.claims.claims import ClaimWriter
from riwaya.claims.drafts import SentenceDrafts
from riwaya.claims.grammar import Node, Text, chunk
from riwaya.claims.knowledge import Knowledge, compile_packs
from riwaya.claims.prepare import prepare
from riwaya.claims.reference import Memory
from riwaya.claims.relevance import EVERYDAY, Relevance
from riwaya.claims.voices import Voices, VoiceState
from riwaya.model import Claim, Report
from riwaya.packs.pack import Pack
from riwaya.text.segment import Layout, Sentence

VERSION = "1"
ITEM_WORDS = 30  # a line of a list longer than this is running text


class GrammarReader:
    """Reads Arabic conflict reports by names, frames and voices."""

    name = "grammar"

    def __init__(self) -> None:
        self._knowledge: Knowledge | None = None

    def knowledge(self, pack: Pack) -> Knowledge:
        """The compiled pack, once per pack."""
        if self._knowledge is None or self._knowledge.digest != pack.digest:
            self._knowledge = compile_packs(pack)
        return self._knowledge

    def read(self, report: Report, pack: Pack) -> Iterator[Claim]:
        """The claims of one report; an empty or foreign text yields none. Never raises for any text."""
        know = self.knowledge(pack)
        prepared = prepare(report, know)
        if prepared is None:
            return
        text, layout, self_actor = prepared
        relevance = Relevance(text, layout, report)
        if relevance.silent:
            return
        yield from _Reading(report, text, layout, self_actor, relevance, f"{self.name}/{VERSION}").claims()


class _Reading:
    """One report being read."""

    def __init__(
        self,
        report: Report,
        text: Text,
        layout: Layout,
        self_actor: str,
        relevance: Relevance,
        reader: str,
    ) -> None:
        self.report, self.text, self.layout = report, text, layout
        self.self_actor, self.relevance = self_actor, relevance
        self.memory = Memory()
        self.voices = VoiceState()
        self.writer = ClaimWriter(report, text, self.memory, self_actor, reader)
        self.numbered = [i for i, s in enumerate(layout.sentences) if s.kind != "furniture"]

    def claims(self) -> Iterator[Claim]:
        """All claims, sentence by sentence."""
        para = -1
        for number, sentence in enumerate(self.layout.sentences):
            if sentence.kind == "furniture" or sentence.i >= sentence.j:
                continue
            if sentence.kind == "headline" or sentence.para != para:
                self.voices.open_quote = None
            if sentence.kind == "headline":
                self.voices.last = None
            para = sentence.para
            yield from self._sentence(sentence, number)

    def _sentence(self, sentence: Sentence, number: int) -> Iterator[Claim]:
        nodes = chunk(self.text, sentence, number)
        headline = sentence.kind == "headline" or self._item(sentence)
        drafts = SentenceDrafts(nodes, self.text.know, headline=headline)
        found = drafts.run()
        voices = Voices(nodes, drafts, self.text, self.voices, self.self_actor, number)
        voices.run()
        self.writer.remember(nodes, drafts, number)
        if not self.relevance.quiet(sentence):
            for claim in self.writer.write(sentence, nodes, drafts, found, voices):
                if not (self.relevance.unarmed and claim.type in EVERYDAY):
                    yield claim
        self._quotation(nodes, sentence, voices)

    def _item(self, sentence: Sentence) -> bool:
        """✅ القوات تسيطر على…, 14:05 – …: a short line of a list tells as a headline does."""
        tokens = self.text.tokens
        first, last = tokens[sentence.i], tokens[sentence.j - 1]
        opens = sentence.i == 0 or self.report.text[tokens[sentence.i - 1].end : first.start].count("\n") > 0
        sign = (
            first.kind == "symbol"
            or first.form in "-–—•·*▪◾"
            or ":" in first.form
            and first.form[0].isdigit()
        )
        return opens and sign and last.form not in (".", "،", "؛") and sentence.j - sentence.i <= ITEM_WORDS

    def _quotation(self, nodes: list[Node], sentence: Sentence, voices: Voices) -> None:
        """A quotation left open speaks on into the next sentence."""
        state = self.voices
        for a, b in self.layout.quotes:
            if a < sentence.j and b > sentence.j and a >= sentence.i - 1:
                inside = [k for k, n in enumerate(nodes) if n.i >= a]
                voice = voices.at[inside[0]] if inside else None
                if voice is not None and voice.links:
                    state.open_quote = voice
                return
            if a < sentence.i and b > sentence.j:
                return
        state.open_quote = None
