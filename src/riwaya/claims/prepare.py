"""A report made ready for reading: words, names, places, times and quantities found and settled."""

from __future__ import annotations

from datetime import date

from riwaya.claims.grammar import BARE_PREPOSITIONS, Text, Unit, _fold_lemma
from riwaya.claims.knowledge import ANY_THEATRE, Knowledge
from riwaya.mentions.actors import ActorHit, find_names, only_meant, settle, theatre_scores
from riwaya.mentions.place_choice import country_weights, resolve
from riwaya.mentions.places import PlaceHit, find_places
from riwaya.mentions.quantities import find_quantities
from riwaya.mentions.times import find_times
from riwaya.model import Report
from riwaya.packs.phrases import unclitic
from riwaya.text.morphology import Analysis
from riwaya.text.normalise import normalise
from riwaya.text.segment import Layout, segment
from riwaya.text.tokens import Token, tokenise

TRIGGER = 1
KNOWN = 2
# Weight of the outlet's own country against one name in the text.
OUTLET_WEIGHT = 0.4
# What is destroyed or struck: behind a word that may be a town or a verb, it says the verb.
STRUCK_THINGS = frozenset(
    {"vehicle", "building", "position", "thing", "weapon-ground", "weapon-air", "arms", "explosive"}
)


def prepare(report: Report, know: Knowledge) -> tuple[Text, Layout, str] | None:
    """The text as units and sentences, and the body whose own words it is ("" for an outlet).

    None where no word of the text could carry a claim.
    """
    normalised = normalise(report.text)
    tokens = tokenise(normalised)
    forms = [t.form for t in tokens]
    if not _any_trigger(forms, know):
        return None
    layout = segment(report.text, normalised, tokens, know.furniture)
    hits = find_names(tokens, know.names)
    hits = [h for h in hits if not _plain_noun(h, forms, know)]
    theatres = theatre_scores(hits, know.actors)
    _abroad(hits, theatres, know)
    outlet_hits = _outlet(report, know)
    for theatre, weight in theatre_scores(outlet_hits, know.actors).items():
        theatres[theatre] = theatres.get(theatre, 0.0) + OUTLET_WEIGHT * weight
    sure = [h for h in hits if any(not n.theatres for n in h.names)]
    masked = {k for h in sure for k in range(h.i, h.j)}
    places = [p for p in _places(report, tokens, layout, masked, know) if not _verb_there(p, forms, know)]
    weights = country_weights(places, know.places)
    for country, weight in weights.items():
        theatre = know.theatre_of_country.get(country, "")
        if theatre:
            theatres[theatre] = theatres.get(theatre, 0.0) + weight
    theatres = {t: w for t, w in theatres.items() if w > 0} or only_meant(hits, know.actors)
    if theatres:
        theatres[ANY_THEATRE] = 1.0
        theatres["world"] = 0.2
    day = report.day
    actor_ids, kept = _settle_all(hits, forms, know, theatres, day, masked, places)
    taken = {k for h in kept for k in range(h.i, h.j)}
    places = [p for p in places if not any(k in taken for k in range(p.i, p.j))]
    places = resolve(places, know.places, _context(theatres, weights, know))
    heads = know.place_words.heads
    places = [p for p in places if p.cands or not all(_bare(f) in heads for f in forms[p.i : p.j])]
    units: dict[int, Unit] = {}
    for place in places:
        units[place.i] = Unit("place", place.i, place.j, place, len(place.clitic))
    for hit in kept:
        units[hit.i] = Unit("actor", hit.i, hit.j, hit, hit.letters)
    _times_and_counts(report, tokens, layout, units, know)
    own = next((i for i in (settle(h, know.actors, theatres, day) for h in outlet_hits) if i), "")
    text = Text(tokens, forms, units, know, actor_ids, theatres, report.text, own, asides=_asides(places))
    return text, layout, _speaking_body(outlet_hits, know, theatres, day)


def _abroad(hits: list[ActorHit], theatres: dict[str, float], know: Knowledge) -> None:
    """الجيش الإسرائيلي in a report on Lebanon: a state that fights beyond its own land says little of where.

    Its votes for its theatre count a quarter where any other theatre of one land is named too.
    """
    for theatre, countries in know.theatres.items():
        beside = any(w > 0 for t, w in theatres.items() if t != theatre)
        if len(countries) < 2 or not theatres.get(theatre) or not beside:
            continue
        guests = sum(
            1.0
            for h in hits
            if len({n.actor for n in h.names}) == 1
            and not h.names[0].theatres
            and know.actors[h.names[0].actor].theatre == theatre
            and know.actors[h.names[0].actor].kind == "state"
            and know.actors[h.names[0].actor].country in countries[1:]
        )
        theatres[theatre] -= 0.75 * guests


def _verb_there(place: PlaceHit, forms: list[str], know: Knowledge) -> bool:
    """كتائب القسام تدمر دبابة: a verb written like a town, with something to be destroyed behind it."""
    i = place.i
    if place.j - i > 1 or place.clitic or place.j >= len(forms) or i and forms[i - 1] in BARE_PREPOSITIONS:
        return False
    if not any(
        a.reading.kind == "impf" and not a.proclitics and know.frames.get(_fold_lemma(a.reading.lemma))
        for a in know.lexicon.analyse(forms[i])
    ):
        return False
    return any(
        a.reading.kind in ("noun", "ppart")
        and not set(a.proclitics) - {"ال"}
        and know.classes.get(_fold_lemma(a.reading.lemma), frozenset()) & STRUCK_THINGS
        for a in know.lexicon.analyse(forms[place.j])
    )


def _any_trigger(forms: list[str], know: Knowledge) -> bool:
    flags = know.form_flags
    for form in forms:
        flag = flags.get(form)
        if flag is None:
            flag = flags[form] = _flag(form, know)
        if flag & TRIGGER:
            return True
    return False


def _flag(form: str, know: Knowledge) -> int:
    if len(know.form_flags) > 300_000:
        know.form_flags.clear()
    analyses = know.lexicon.analyse(form)
    out = KNOWN if analyses else 0
    for analysis in analyses:
        lemma = _fold_lemma(analysis.reading.lemma)
        if (
            know.frames.get(lemma)
            or know.noun_frames.get(lemma)
            or know.noun_frames.get(_stem(form, analysis))
        ):
            out |= TRIGGER
    return out


def _stem(form: str, analysis: Analysis) -> str:
    return form[analysis.stem_start : analysis.stem_end]


def _plain_noun(hit: ActorHit, forms: list[str], know: Knowledge) -> bool:
    """أهالي, مسلحون: people without a name, as one word, are the grammar's to read (أهالي هذه المناطق)."""
    if hit.j - hit.i > 1 or not all(know.actors[n.actor].generic for n in hit.names):
        return False
    return any(
        a.reading.kind in ("noun", "apart", "ppart") and know.classes.get(_fold_lemma(a.reading.lemma))
        for a in know.lexicon.analyse(forms[hit.i])
    )


def _bare(form: str) -> str:
    """A word without clitics and article: المصفاة alone names no refinery."""
    for cut in unclitic(form):
        if cut.startswith("ال"):
            return cut[2:]
    return form


def _outlet(report: Report, know: Knowledge) -> list[ActorHit]:
    if not report.outlet:
        return []
    return find_names(tokenise(normalise(report.outlet)), know.names)


def _speaking_body(
    hits: list[ActorHit], know: Knowledge, theatres: dict[str, float], day: date | None
) -> str:
    """A belligerent's own channel: its communiqués say "we" of that side."""
    for hit in hits:
        ident = settle(hit, know.actors, theatres, day)
        actor = know.actors.get(ident)
        if actor is None or actor.is_source:
            continue
        if actor.leaning in know.actors and actor.kind == "party":
            return actor.leaning  # a side's own press office
        if (
            actor.kind in ("state", "armed-group", "coalition", "umbrella", "party")
            and actor.voice == "party"
        ):
            return ident
    return ""


def _places(
    report: Report, tokens: list[Token], layout: Layout, masked: set[int], know: Knowledge
) -> list[PlaceHit]:
    out: list[PlaceHit] = []

    def known(form: str) -> bool:
        return bool(know.lexicon.analyse(form))

    for sentence in layout.sentences:
        if sentence.kind != "furniture":
            out += find_places(
                tokens,
                sentence.i,
                sentence.j,
                masked,
                know.places,
                know.place_words,
                known=known,
                text=report.text,
            )
    return out


def _settle_all(
    hits: list[ActorHit],
    forms: list[str],
    know: Knowledge,
    theatres: dict[str, float],
    day: date | None,
    sure: set[int],
    places: list[PlaceHit],
) -> tuple[dict[int, str], list[ActorHit]]:
    ids: dict[int, str] = {}
    kept: list[ActorHit] = []
    placed = {k for p in places for k in range(p.i, p.j)}
    for hit in hits:
        ident = settle(hit, know.actors, theatres, day)
        if not ident and hit.i not in sure:
            hit, ident = _shorter(hit, forms, know, theatres, day)
        if not ident:
            if hit.i in sure:
                kept.append(hit)
                ids[hit.i] = ""
            continue
        if hit.i in placed and hit.i not in sure and hit.j - hit.i == 1:
            continue
        ids[hit.i] = ident
        kept.append(hit)
    return ids, kept


def _shorter(
    hit: ActorHit, forms: list[str], know: Knowledge, theatres: dict[str, float], day: date | None
) -> tuple[ActorHit, str]:
    """وحدات الجيش, a name of another war: the name inside it (الجيش) may be one of this war's."""
    for i, stop in ((hit.i, hit.j - 1), *((k, hit.j) for k in range(hit.i + 1, hit.j))):
        found = know.names.match(forms, i, stop) if i < stop else None
        if found is not None:
            inner = ActorHit(i, found[0], tuple(found[1]), found[2])
            ident = settle(inner, know.actors, theatres, day)
            if ident and not know.actors[ident].generic:
                return inner, ident
    return hit, ""


def _context(theatres: dict[str, float], weights: dict[str, float], know: Knowledge) -> dict[str, float]:
    out = dict(weights)
    for theatre, weight in theatres.items():
        for country in know.theatres.get(theatre, ()):
            out[country] = out.get(country, 0.0) + weight
    return out


def _asides(places: list[PlaceHit]) -> frozenset[int]:
    """مصفاة الجيلي شمالي الخرطوم بحري: the second place only explains where the first is."""
    parents = {p.parent for p in places if p.parent >= 0}
    out = {p.i for p in places if p.first in parents or p.i in parents}
    return frozenset(
        out | {p.i for p in places if p.parts and all(kind == "direction" for _, kind in p.parts)}
    )


def _times_and_counts(
    report: Report, tokens: list[Token], layout: Layout, units: dict[int, Unit], know: Knowledge
) -> None:
    taken = {k for u in units.values() for k in range(u.i, u.j)}

    def noun(form: str) -> tuple[str, str] | None:
        for analysis in know.lexicon.analyse(form):
            if analysis.reading.kind in ("noun", "masdar", "apart", "ppart"):
                return analysis.reading.lemma, analysis.reading.number
        return None

    day = report.day
    for sentence in layout.sentences:
        if sentence.kind == "furniture":
            continue
        times = find_times(tokens, sentence.i, sentence.j, day, know.times)
        for time in times:
            if not any(k in taken for k in range(time.i, time.j)):
                units[time.i] = Unit("time", time.i, time.j, time, time.cut)
                taken.update(range(time.i, time.j))
        masked = {k for k in range(sentence.i, sentence.j) if k in taken}
        for count in find_quantities(tokens, sentence.i, sentence.j, know.numbers, masked, noun):
            span = range(count.i, count.j)
            if count.min is None and count.max is None or any(k in taken for k in span):
                continue
            units[count.i] = Unit("qty", count.i, count.j, count, count.cut)
            taken.update(span)
