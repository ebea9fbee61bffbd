"""One sentence's predicates as draft claims: frames matched, roles filled, light verbs looked through.

Order: verbs first (they own the clause), then happenings (they take what their verb leaves them),
then what a draft may take from its neighbours when the sentence leaves no doubt.
"""

from __future__ import annotations

from collections.abc import Sequence

from riwaya.claims.frames import (
    ACTORISH,
    Draft,
    Filler,
    argument_classes,
    classes_of,
    fits,
    roles_met,
    specificity,
    sure_classes,
    word_classes,
)
from riwaya.claims.grammar import QUOTES, Node, _fold_lemma, _looks_nisba
from riwaya.claims.knowledge import Frame, Knowledge, Light
from riwaya.claims.roles import COMMAS, ENDS, Argument, Arguments, collect, coordinated
from riwaya.text.morphology import Analysis

PATIENT_TYPES = frozenset(
    "casualties detained abducted released violence_against_civilians property_destroyed control_gained "
    "displaced searched aid".split()
)


class SentenceDrafts:
    """Reads the nodes of one sentence into drafts."""

    def __init__(self, nodes: list[Node], know: Knowledge, *, headline: bool = False) -> None:
        self.nodes = nodes
        self.headline = headline
        self.know = know
        self.drafts: list[Draft] = []
        self.args: dict[int, Arguments] = {}
        self.subjects: dict[int, tuple[Argument, str]] = {}
        self.bound: dict[int, tuple[Node, Light]] = {}
        self.rel: dict[int, tuple[Node, Light]] = {}

    def run(self) -> list[Draft]:
        """All drafts of the sentence, in text order."""
        for k, node in enumerate(self.nodes):
            if node.kind == "v":
                self._subject(k)
                self._govern(k)
        self._bind_lights()
        for k, node in enumerate(self.nodes):
            if node.kind == "v" and node.frames and not self._tells_of_happening(k):
                self._verb(k)
            elif node.kind == "e" and node.frames and not self._only_asked_for(k):
                self._happening(k)
        self._duties()
        self._held_states()
        self._besieged()
        self._said_to_all()
        self._same_thing_twice()
        self._shared_complement()
        self.drafts.sort(key=lambda d: d.node.i)
        return self.drafts

    def arguments(self, k: int) -> Arguments:
        """The arguments of node ``k``, collected once."""
        if k not in self.args:
            self.args[k] = collect(self.nodes, k)
        return self.args[k]

    # -- subjects -----------------------------------------------------------------------------
    def _subject(self, k: int) -> None:
        node = self.nodes[k]
        args = self.arguments(k)
        if node.person == 1:
            speaker = Node(
                "q", node.i, node.j, text=node.text, enclitic="نا", sentence=node.sentence, index=k
            )
            self.subjects[k] = (Argument("", [speaker]), "first person")
            return
        right = self._right_subject(node, args)
        left = args.left
        if left is not None and node.enclitic and args.left_rule == "relative clause" and right is None:
            left = None
        if left is not None and not self._agrees(node, left.nodes):
            left = None
        if (
            left is not None
            and args.left_rule == "pronoun on the conjunction"
            and left.nodes[0].enclitic not in ("ه", "")
        ):
            self.subjects[k] = (left, args.left_rule)  # أنها ستسحب قواتها; إنه may stand for nobody
            return
        actorish = ACTORISH | {
            "people",
            "civilian",
            "pronoun",
            "capital",
            "weapon-air",
            "weapon-ground",
            "speaker",
            "footage",
        }
        if (
            left is not None
            and right is not None
            and argument_classes(left) & actorish
            and not (argument_classes(right) & (actorish | {"weapon-air", "weapon-ground", "event"}))
        ):
            self.subjects[k] = (left, args.left_rule)
            return
        if left is not None and right is not None and args.left_comma and argument_classes(right) & actorish:
            left = None
        if (
            left is not None
            and right is not None
            and args.left_rule == "topic before the verb"
            and not node.conj
            and (argument_classes(left) & actorish)
        ):
            self.subjects[k] = (left, args.left_rule)
            return
        if left is not None and (args.left_rule != "topic before the verb" or right is None):
            if (
                right is None
                or args.left_rule == "pronoun before the verb"
                or not self._prefers_right(node, right)
            ):
                self.subjects[k] = (left, args.left_rule)
                return
        if right is not None and self._joined_object(k, right):
            before = self._coordinated_subject(k)
            if before is not None:
                self.subjects[k] = (before, "the verb before has it")
                return
        if right is not None:
            self.subjects[k] = (right, "behind the verb")
            return
        if left is not None:
            self.subjects[k] = (left, args.left_rule)
            return
        before = self._coordinated_subject(k) or self._topic_of_clause(k)
        if before is None and node.enclitic and args.antecedent is not None:
            before = self._previous_subject(k)
        if before is not None:
            self.subjects[k] = (before, "the verb before has it")

    def _topic_of_clause(self, k: int) -> Argument | None:
        """أن وحداتها المشاركة في …، دخلت: the noun behind أن is what its clause tells of."""
        for m in range(k - 1, -1, -1):
            other = self.nodes[m]
            if other.kind == "x" and other.text in ENDS:
                return None
            if other.kind == "s":
                topic = self.nodes[m + 1] if "comp" in other.tags and m + 1 < k else None
                if topic is None or topic.kind != "n" or topic.prep:
                    return None
                able = classes_of(topic) & (ACTORISH | {"people", "civilian"})
                return Argument("", [topic]) if able and self._agrees(self.nodes[k], [topic]) else None
        return None

    def _joined_object(self, k: int, right: Argument) -> bool:
        """استعاد الجيش المطار وطوّق قوات الدعم: a joined verb with one noun takes it as object."""
        node = self.nodes[k]
        before = self.nodes[k - 1] if k else None
        then = before is not None and before.kind == "s" and before.text == "ثم"
        if not (node.conj or then) or not node.frames or "passive" in node.tags or node.enclitic:
            return False
        classes = argument_classes(right)
        others = [a for a in self.arguments(k).bare if a is not right and argument_classes(a)]
        transitive = all("object" in f.with_ or f.type in ("siege", "demand", "threat") for f in node.frames)
        return transitive and not others and any(fits(classes, f.object) is not None for f in node.frames)

    def _govern(self, k: int) -> None:
        """واشنطن أطلقت…, أغلقت إسرائيل المعبر: a capital or country that acts is its government."""
        node = self.nodes[k]
        found = self.subjects.get(k)
        if found is None:
            return
        noun = found[0].nodes[0]
        if "capital" not in noun.classes or noun.prep or found[1] == "relative clause":
            return
        acts = node.cues or node.lights or any(f.speech for f in node.frames)
        objects = [a for a in self.arguments(k).bare if a.nodes[0] is not noun and argument_classes(a)]
        stays = any("place" in f.subject for f in node.frames) and not objects
        if found[1] == "topic before the verb" and not stays or acts or objects:
            if "شهد" not in node.lemma:
                noun.classes.add("actor")

    def _prefers_right(self, node: Node, right: Argument) -> bool:
        return bool(
            argument_classes(right) & (ACTORISH | {"people", "civilian", "weapon-air", "weapon-ground"})
        )

    def _right_subject(self, node: Node, args: Arguments) -> Argument | None:
        if node.number in ("p", "d") and node.person == 3:
            return None  # a plural verb carries its subject with it
        nxt = self.nodes[node.index + 1] if node.index + 1 < len(self.nodes) else None
        if node.cues and nxt is not None and nxt.kind == "x":
            return None  # وقال: «…»: what stands in the quotation is not who says it
        for argument in args.bare:
            first = argument.nodes[0]
            if argument.comma and not self._parenthesis(node, first):
                break
            classes = argument_classes(argument)
            if first.kind == "e":
                if node.cues:
                    continue
                if node.lights or "operation" in classes or "attack" in classes:
                    continue
                return argument if not node.frames else None
            if node.lights and not node.frames and not classes & (ACTORISH | {"people", "place"}):
                continue
            if self._is_adverb(first):
                continue
            if self._accusative_plural(first):
                return None
            if self._open_accusative(first):
                continue
            if self._object_only(node, classes) or not self._agrees_vs(node, first):
                if argument is args.bare[0] and not self._agrees_vs(node, first) and len(args.bare) > 1:
                    continue
                return None
            return argument
        return None

    def _parenthesis(self, node: Node, first: Node) -> bool:
        """اليوم الأربعاء، استعاد الجيش: a comma may only set off a time or an adverb."""
        between = self.nodes[node.index + 1 : first.index]
        return all(n.kind in "txp" or n.prep for n in between)

    def _accusative_plural(self, node: Node) -> bool:
        """حثّ المواطنين, طالبوا المقاتلين: a sound plural in ين behind a verb is its object."""
        if (
            node.head < 0
            or node.head_actor is not None
            and self.know.actors[node.head_actor[0]].kind == "person"
            if (node.head_actor and node.head_actor[0] in self.know.actors)
            else node.head < 0
        ):
            return False
        word = node.text.split(" ")[0]
        return node.qty is None and node.number == "p" and word.endswith("ين") and node.gender == "m"

    def _open_accusative(self, node: Node) -> bool:
        """استهدف رتلا: an indefinite in ا behind a verb is its object, never its subject."""
        word = node.text.split(" ")[-1 if node.head < 0 else max(0, node.head - node.i)]
        if (
            node.head_actor is not None
            or node.head_place is not None
            or node.definite
            or node.qty is not None
        ):
            return False
        return (
            len(word) > 3
            and word.endswith("ا")
            and bool(node.lemma)
            and not _fold_lemma(node.lemma).endswith("ا")
        )

    def _is_adverb(self, node: Node) -> bool:
        return not node.classes and node.text.endswith("ا") and not node.actors and not node.places

    def _object_only(self, node: Node, classes: set[str]) -> bool:
        """Whether a phrase behind the verb can only be its object (دخلت حمص)."""
        frames = node.frames
        if not frames:
            return False
        if "capital" in classes and (
            len(self.arguments(node.index).bare) > 1 or any(f.speech for f in frames)
        ):
            return False
        as_subject = any(fits(classes, f.subject) is not None for f in frames)
        as_object = any(fits(classes, f.object) is not None for f in frames)
        if not as_object or as_subject or "passive" in node.tags:
            return False
        if "maybe-passive" in node.tags:
            suffers = any(f.type in PATIENT_TYPES and fits(classes, f.object) for f in frames)
            return not suffers or node.conj and self._coordinated_subject(node.index) is not None
        return True

    def _agrees_vs(self, verb: Node, noun: Node) -> bool:
        """Verb before subject: only gender agrees, and only with an adjacent person."""
        if verb.kind != "v" or not verb.gender or not noun.gender or verb.number == "p":
            return True
        if verb.gender == "m" and noun.gender == "f" and noun.number == "s" and noun.classes & ACTORISH:
            return verb.j != noun.i
        if verb.gender == "f" and noun.gender == "m" and noun.number == "s":
            if noun.classes & {"place-noun", "around-noun", "building"} and verb.j == noun.i:
                return False  # قصفت محيط…, استهدفت مطار…: the object, whoever the subject is
            return not noun.classes & {"commander", "speaker", "person"} or noun.definite is False
        return True

    def _agrees(self, verb: Node, nodes: Sequence[Node]) -> bool:
        if not nodes:
            return False
        noun = nodes[0]
        if noun.kind in "qs" or not verb.gender or len(nodes) > 1:
            return True
        if verb.number == "s" and verb.gender == "m" and verb.person == 3:
            if noun.gender == "f" and noun.number == "s" and noun.classes & (ACTORISH | {"place"}):
                return False
            if noun.number == "p" and noun.classes & {"force", "people", "civilian"} and noun.gender == "m":
                return False
        if verb.number == "s" and verb.gender == "f":
            if (
                noun.gender == "m"
                and noun.number == "s"
                and noun.classes & {"commander", "person", "speaker"}
            ):
                return False
        bodies = {"actor", "force", "civilian", "people"}
        return not (verb.number == "p" and noun.number == "s" and not noun.classes & bodies)

    def _coordinated_subject(self, k: int) -> Argument | None:
        """The subject of an earlier verb that agrees; the many rather before the one for a plural verb."""
        if self.nodes[k].number == "p":
            many = self._subject_before(k, plural=True)
            if many is not None:
                return many
        return self._subject_before(k)

    def _subject_before(self, k: int, *, plural: bool = False) -> Argument | None:
        node = self.nodes[k]
        for m in range(k - 1, -1, -1):
            other = self.nodes[m]
            if other.kind == "x" and other.text in ENDS | {":"}:
                return None
            if other.kind == "v" and m in self.subjects:
                subject, _ = self.subjects[m]
                first = subject.nodes[0]
                if plural and not (len(subject.nodes) > 1 or first.number == "p" or first.kind in "qs"):
                    continue
                if m and self.nodes[m - 1].kind == "r":
                    continue  # الغارات التي يشنها تحالف…، واستولوا: a description's subject goes no further
                able = argument_classes(subject) & (
                    ACTORISH | {"people", "civilian", "pronoun", "weapon-air", "detainee"}
                )
                if able and self._pro_drop_agrees(node, subject.nodes):
                    return subject
                if not other.frames and other.cues:
                    continue
        return None

    def _previous_subject(self, k: int) -> Argument | None:
        for m in range(k - 1, -1, -1):
            if self.nodes[m].kind == "v" and m in self.subjects:
                subject, _ = self.subjects[m]
                return subject if self._pro_drop_agrees(self.nodes[k], subject.nodes) else None
        return None

    def _pro_drop_agrees(self, verb: Node, nodes: Sequence[Node]) -> bool:
        noun = nodes[0]
        if noun.kind in "qs":
            if noun.enclitic == "ه":
                return not (verb.gender == "f" or verb.number == "p")
            if noun.enclitic == "ها":
                return not (verb.gender == "m" and verb.number == "s")
            return True
        if noun.kind == "e":
            return False
        plural = len(nodes) > 1 or noun.number == "p"
        if verb.number == "p":
            return plural or bool(noun.classes & {"actor", "force", "civilian", "people"})
        if verb.gender == "f" and noun.gender == "m" and noun.number == "s":
            return False
        if verb.gender == "f":
            return (
                noun.gender == "f"
                or noun.number == "p"
                or bool(noun.classes & {"place", "actor"})
                and not (noun.classes & {"person-name", "commander"})
            )
        return noun.gender != "f" and not (noun.number == "p" and noun.classes & {"civilian", "people"})

    # -- light verbs --------------------------------------------------------------------------
    def _bind_lights(self) -> None:
        for k, node in enumerate(self.nodes):
            relative = (
                self.arguments(k).relative if node.kind == "e" and (node.frames or node.lights) else None
            )
            if relative is not None:
                self.rel[k] = (relative, self._relative_light(relative))
        for k, node in enumerate(self.nodes):
            for light in node.lights:
                target = self._light_target(k, light)
                if target is not None and target.index not in self.bound:
                    self.bound[target.index] = (node, light)
                    self._bind_joined(target, node, light)
                    break

    def _bind_joined(self, first: Node, light_node: Node, light: Light) -> None:
        """قاموا بتمزيق الصور وتحطيم التماثيل: a joined happening hangs on the same light verb."""
        for node in self.nodes[first.index + 1 :]:
            if node.kind in "vs" or node.kind == "x" and node.text in ENDS:
                return
            if (
                node.kind == "e"
                and node.conj
                and node.index not in self.bound
                and node.prep in ("", first.prep)
            ):
                self.bound[node.index] = (light_node, light)

    def _relative_light(self, verb: Node) -> Light:
        """With an object pronoun the verb's subject acts (شنّتها); without one the happening does."""
        wanted = bool(verb.enclitic)
        for light in verb.lights:
            if (light.subject != "none") == wanted:
                return light
        return verb.lights[0]

    def _light_target(self, k: int, light: Light) -> Node | None:
        for event in self.arguments(k).events:
            position = event.prep or "bare"
            if not event.prep and event.gen and event.index > 0 and self.nodes[event.index - 1].kind == "n":
                position = "bare"  # حملة تفتيش, عملية تحصين: the noun before it only names its kind
                position = self.nodes[event.index - 1].prep or "bare"
            if position in light.event or (position == "bare" and "gen" in light.event and event.gen):
                return event
            if event.prep == "" or position not in ("بعد", "قبل", "اثر", "خلال", "منذ", "تزامنا مع", "وسط"):
                if event.frames and not event.lights and position == "bare":
                    return None
        return None

    def light_subject(self, draft_node: Node) -> tuple[Argument, str] | None:
        """The subject a happening gets from its light verb (through a chain of them)."""
        seen = 0
        node = draft_node
        relative = self.rel.get(draft_node.index)
        if relative is not None and relative[1].subject == "actor":
            subject = self.subjects.get(relative[0].index)
            if subject is not None:
                return subject[0], f"subject of {relative[0].text}"
        while node.index in self.bound and seen < 4:
            light_node, light = self.bound[node.index]
            if light.subject == "none":
                return None
            if light_node.kind == "v":
                subject = self.subjects.get(light_node.index)
                if subject is not None and subject[0].nodes and subject[0].nodes[0].index != draft_node.index:
                    return subject[0], f"subject of {light_node.text}"
                return None
            own = self._masdar_subject(light_node)
            if own is not None:
                return own, f"subject of {light_node.text}"
            node = light_node
            seen += 1
        return None

    def _masdar_subject(self, node: Node) -> Argument | None:
        if node.enclitic:
            return Argument("", [_pronoun(node)])
        args = self.arguments(node.index)
        for argument in args.bare[:1]:
            if argument.nodes[0].kind == "n" and argument_classes(argument) & (ACTORISH | {"people"}):
                return argument
        return None

    # -- verbs --------------------------------------------------------------------------------
    def _verb(self, k: int) -> None:
        node = self.nodes[k]
        args = self.arguments(k)
        subject, rule = self.subjects.get(k, (None, ""))
        objects = [a for a in args.bare if a is not subject and not a.comma]
        if (
            node.enclitic
            and args.antecedent is not None
            and (subject is None or subject.nodes[0] is not args.antecedent)
        ):
            pointed = (
                args.left.nodes if args.left is not None and args.left_rule == "relative clause" else None
            )
            objects = [Argument("", pointed or [args.antecedent]), *objects]
        elif node.enclitic and node.enclitic not in ("ني",):
            objects = [Argument("", [_pronoun(node)]), *objects]
        elif args.antecedent is not None and subject is not None and subject.nodes[0] is not args.antecedent:
            objects = [*objects, Argument("", [args.antecedent])]
        passive = self._is_passive(node, subject, objects)
        if subject is not None and rule != "behind the verb" and self._asked_for_silence(node, subject):
            return
        best: Draft | None = None
        for frame in node.frames:
            draft = self._try_verb(node, frame, subject, rule, objects, args, passive)
            if draft is not None and (best is None or draft.score > best.score):
                best = draft
        if best is not None:
            self.drafts.append(best)

    def _asked_for_silence(self, node: Node, subject: Argument) -> bool:
        """مصدر طلب عدم نشر اسمه: how a source describes itself is no demand."""
        who = subject.nodes[0]
        return (
            any(f.speech for f in node.frames)
            and bool(who.classes & {"speaker", "commander"})
            and not who.definite
            and not node.conj
        )

    def _is_passive(self, node: Node, subject: Argument | None, objects: Sequence[Argument]) -> bool:
        if "passive" in node.tags:
            return True
        if "maybe-passive" not in node.tags or node.enclitic:
            return False
        if any(f.speech for f in node.frames):
            return False  # طلب وجهاء العشائر: who is asked for is hardly ever the subject
        if subject is None:
            return bool(objects)
        classes = argument_classes(subject)
        real = [
            a
            for a in objects
            if a.nodes[0].kind == "n" and argument_classes(a) and not self._is_adverb(a.nodes[0])
        ]
        suffers = any(fits(classes, f.object) is not None for f in node.frames)
        acts = any(fits(classes, f.subject) is not None for f in node.frames)
        if classes & {"people", "civilian", "detainee", "amount", "victim"} and not real:
            return suffers or not acts  # قُتل مدنيون, but عبر اللاجئون
        patient = any(fits(classes, f.object) is not None and f.type in PATIENT_TYPES for f in node.frames)
        only = any(fits(classes, f.object) is not None for f in node.frames) and not any(
            fits(classes, f.subject) is not None for f in node.frames
        )
        return (patient or only) and not real

    def _try_verb(
        self,
        node: Node,
        frame: Frame,
        subject: Argument | None,
        rule: str,
        objects: Sequence[Argument],
        args: Arguments,
        passive: bool,
    ) -> Draft | None:
        kind = "perf" if "impf" not in node.tags else "impf"
        if kind not in frame.forms:
            return None
        described = args.left_rule == "relative clause"
        if frame.tense == "present" and ("impf" not in node.tags or self.headline and not described):
            return None
        if (
            frame.type.startswith(("control", "siege"))
            and subject is not None
            and subject.nodes[0].kind == "n"
            and not passive
        ):
            if not argument_classes(subject) & (ACTORISH | {"people", "civilian", "capital", "place"}):
                return None  # سيطر عليه الخوف, يحاصرهم الملل: what is no body takes no place
        roles: dict[str, set[str]] = {}
        draft = Draft(node, frame, frame.type, args=args, passive=passive)
        if passive:
            patient = subject or (objects[0] if objects else None)
            roles["object"] = sure_classes(patient) if node.enclitic else argument_classes(patient)
            self._fill(draft, patient, frame.object, "passive subject")
        else:
            if subject is not None:
                roles["subject"] = argument_classes(subject)
                slots = frame.subject
                if rule != "behind the verb":  # whoever stands there speaks, but only right behind the verb
                    slots = {name: slot for name, slot in slots.items() if name != "any"}
                self._fill(draft, subject, slots, rule)
            pool: set[str] = set()
            for argument in objects[:3]:
                classes = argument_classes(argument)
                if (
                    argument.nodes[0].kind == "e"
                    and not classes & frame.object.keys()
                    and "any" not in frame.object
                ):
                    continue
                pool |= sure_classes(argument)
                self._fill(draft, argument, frame.object, "object")
            roles["object"] = pool
        return self._finish(draft, roles, args)

    def _finish(self, draft: Draft, roles: dict[str, set[str]], args: Arguments) -> Draft | None:
        frame, node = draft.frame, draft.node
        for argument in args.preps:
            classes = argument_classes(argument)
            sure = sure_classes(argument)
            roles.setdefault(argument.prep, set()).update(sure | {"place"} if "pronoun" in sure else sure)
            agent = argument.prep in self.know.words["agent"]
            if agent and classes & (ACTORISH | {"weapon-air", "weapon-ground"}):
                self._fill(
                    draft,
                    argument,
                    {"actor": "actor", "force": "actor", "body": "actor"},
                    f"agent: {argument.prep}",
                )
                continue
            words = self.know.words
            if argument.prep in words["losing"] and classes & ACTORISH:
                self._fill(draft, argument, {"actor": "target", "force": "target"}, argument.prep)
                continue
            slots = frame.preps.get(argument.prep)
            explains = self._explains(argument.nodes[0])
            if (
                slots is None
                and "place" in classes
                and not explains
                and (argument.prep == "ب" or argument.prep == "علي" and classes & {"road", "crossing"})
            ):
                slots = {"place": frame.preps.get("في", {}).get("place", "")}
                slots = slots if slots["place"] else None
            if slots is None and argument.prep in words["surroundings"] | words["edges"] | words["inside"]:
                slots = frame.preps.get("في")
            if argument.prep == "ل" and node.kind == "e" and self._owns(draft, argument, classes):
                self._fill(draft, argument, frame.subject, "ل after the masdar names who")
                continue
            if slots is None and argument.prep == "ل" and node.kind == "e" and not draft.has("target"):
                roles["object"] = roles.get("object", set()) | sure_classes(argument)
                slots = frame.object
            if slots:
                self._fill(draft, argument, slots, f"preposition {argument.prep}")
                self._also_there(draft, argument)
        extra = word_classes(node)
        if not roles_met(frame, roles, extra, happening=node.kind == "e"):
            return None
        self._becomes(draft, roles, extra)
        met = all(need & (draft.slots.keys() | {"context"}) for need in frame.needs)
        draft.score = (
            specificity(frame)
            + 2.0 * met
            + 2.0 * bool(frame.tense)
            + sum(1.5 if slot in ("place", "target", "actor") else 1.0 for slot in draft.slots)
        )
        return draft

    def _explains(self, node: Node) -> bool:
        """مضايا بريف دمشق: a place right behind a place only says where that one lies."""
        for other in reversed(self.nodes[: node.index]):
            if other.kind != "p":
                return other.kind == "n" and "place" in classes_of(other)
        return False

    def _also_there(self, draft: Draft, argument: Argument) -> None:
        """في تل تمر وعلى مشارف منبج: a joined phrase of place behind another adds its places."""
        there = draft.slots.get("place")
        first = argument.nodes[0]
        link = self.nodes[first.index - 1] if first.index else None
        if not there or link is None or link.kind != "p" or not link.conj or there[0].node is first:
            return
        if there[-1].node.index >= first.index or any(f.node is first for f in there):
            return
        between = self.nodes[there[-1].node.index + 1 : link.index]
        if all(n.kind == "x" and n.text in COMMAS or n.kind == "n" for n in between):
            there += [
                Filler(n, f"and {argument.prep}", argument.prep) for n in argument.nodes if _is_place(n)
            ]

    def _owns(self, draft: Draft, argument: Argument, classes: set[str]) -> bool:
        """قصف لقوات النظام على…, السيطرة للمتمردين: with the object elsewhere ل names who."""
        if not classes & {"actor", "force"} or fits(classes, draft.frame.subject) is None:
            return False
        node = draft.node
        free = node.definite or bool(node.adjectives) or argument.nodes[0].i == node.j
        elsewhere = any(a.prep in ("علي", "في", "من", "عن", "الي", "داخل", "ضد") for a in draft.args.preps)
        return free and (elsewhere or not draft.frame.object)

    def _becomes(self, draft: Draft, roles: dict[str, set[str]], extra: set[str]) -> None:
        pool = set(extra)
        for role, classes in roles.items():
            pool |= classes if role != "subject" else classes & {"weapon-air", "weapon-ground", "explosive"}
        if draft.light_node is not None and draft.light_node.index in self.subjects:
            pool |= argument_classes(self.subjects[draft.light_node.index][0]) & {
                "weapon-air",
                "weapon-ground",
            }
        words = {w for a in draft.args.bare + draft.args.preps for n in a.nodes for w in n.adjectives}
        for key, type_ in draft.frame.becomes.items():
            stem = key
            if key in pool or any(w == stem or w.removesuffix("ه") == stem for w in words | extra):
                draft.type = type_
                draft.why.append(("type", f"{key} makes it {type_}"))
                return

    def _fill(self, draft: Draft, argument: Argument | None, slots: object, rule: str) -> None:
        if argument is None or not isinstance(slots, dict | type({}.items())) and not slots:
            return
        mapping: dict[str, str] = dict(slots)  # type: ignore[call-overload]
        chosen: dict[str, list[Filler]] = {}
        for node in argument.nodes:
            slot = fits(classes_of(node), mapping)
            if slot is not None and slot != "none":
                chosen.setdefault(slot, []).append(Filler(node, rule, argument.prep))
        for slot, fillers in chosen.items():
            if slot in draft.slots and slot == "place" and draft.slots[slot][0].node.kind != "n":
                draft.slots[slot] = fillers
            elif slot not in draft.slots:
                draft.slots[slot] = fillers

    # -- happenings ---------------------------------------------------------------------------
    def _happening(self, k: int) -> None:
        node = self.nodes[k]
        before = self.nodes[k - 1] if k else None
        without = self.know.words["without"]
        told_absent = before is not None and before.kind == "a" and before.text.removeprefix("و") in without
        if (node.prep in without or told_absent) and node.qty is None and not node.definite:
            return  # انسحبت من دون قتال: what did not come about is not told for itself
        if "noun" in node.tags and "civilian" in node.classes and self._does_something(node):
            return
        args = self.arguments(k)
        best: Draft | None = None
        for frame in node.frames:
            if not self._form_fits(node, frame):
                continue
            draft = self._try_happening(node, frame, args)
            if draft is not None and (best is None or draft.score > best.score):
                best = draft
        if best is not None:
            self.drafts.append(best)

    def _does_something(self, node: Node) -> bool:
        """800 نازح عبروا…, النازحون: people who act, or are known, are no happening by themselves."""
        return (
            node.definite
            or bool(node.prep)
            or any(found[0].nodes[0] is node for found in self.subjects.values())
        )

    def _duties(self) -> None:
        """على المسلحين أن يلقوا سلاحهم: what a speaker says somebody must do is a demand on them."""
        frame = next((f for f in self.know.frames.get("طالب", ()) if f.speech), None)
        for k in range(len(self.nodes) - 3):
            link, whom, that, verb = self.nodes[k : k + 4]
            if frame is None or link.kind != "p" or link.text != "علي" or whom.kind != "n":
                continue
            if that.kind != "s" or that.text not in ("ان",) or verb.kind != "v" or "impf" not in verb.tags:
                continue
            before = self.nodes[k - 1] if k else None
            if (
                before is not None
                and before.kind not in "xsc"
                or not classes_of(whom) & (ACTORISH | {"people"})
            ):
                continue
            self.drafts = [d for d in self.drafts if d.node is not verb]
            draft = Draft(verb, frame, "demand", args=Arguments(), spoken=True)
            draft.slots["target"] = [Filler(whom, "على … أن")]
            self.drafts.append(draft)

    def _tells_of_happening(self, k: int) -> bool:
        """غارة استهدفت قافلة: the verb only says where the happening before it struck."""
        return any(relative.index == k for relative, _ in self.rel.values()) and not self.nodes[k].enclitic

    def _only_asked_for(self, k: int) -> bool:
        """طالب بفتح الطرقات, أمر بإخلاء المدينة: what is asked for is in the asking."""
        node = self.nodes[k]
        if "masdar" not in node.tags:
            return False
        the = node.definite and not node.enclitic
        for m in range(k - 1, -1, -1):
            other = self.nodes[m]
            if other.kind == "x" and other.text in ENDS or other.kind in "sr":
                return False
            if other.kind in "ve":
                asks = any(f.type == "demand" for f in other.frames) and (
                    other.kind == "v" or node.prep == "ب" or node.gen
                )
                first = not any(n.kind == "e" for n in self.nodes[m + 1 : k])
                return asks and (
                    node.prep in ("ب", "الي")
                    and (first or not the)
                    or not the
                    and (node.prep == "ل" or node.prep == "" and not node.conj)
                )
        return False

    def _shared_complement(self) -> None:
        """استشهاد وإصابة تسعة من…: behind two joined happenings, both's: one figure, one claim."""
        by_node = {d.node.index: d for d in self.drafts}
        for draft in list(self.drafts):
            other = by_node.get(draft.node.index + 1)
            if other is None or draft.node.kind != "e" or other.node.kind != "e" or not other.node.conj:
                continue
            counted = draft.node.qty is not None or "amount" in draft.slots
            masdars = "masdar" in draft.node.tags and "masdar" in other.node.tags
            if (
                draft.type == other.type == "casualties"
                and masdars
                and not counted
                and "target" not in draft.slots
            ):
                draft.slots |= {k: v for k, v in other.slots.items() if k not in draft.slots}
                self.drafts.remove(other)

    def _same_thing_twice(self) -> None:
        """تطبق الحصار على, تظاهروا احتجاجا: a verb and its own happening of one type are one claim."""
        verbs = {d.node.index: d for d in self.drafts if d.node.kind == "v"}
        for draft in [d for d in self.drafts if d.node.kind == "e"]:
            k = draft.node.index
            owner = next((m for m in range(k - 1, -1, -1) if self.nodes[m].kind in "vsr"), -1)
            other = verbs.get(owner)
            if other is None or other.type != draft.type or draft.node.conj:
                continue
            if draft.node.text.endswith("ا") and not draft.node.prep:
                self.drafts.remove(draft)  # احتجاجا على…: why, or how
            elif any(a.nodes[0] is draft.node and not a.comma for a in self.arguments(owner).bare):
                self.drafts.remove(other)  # the happening carries the type, the verb is light
                if not draft.slots.get("actor") and other.slots.get("actor"):
                    draft.slots["actor"] = other.slots["actor"]
                if not draft.slots.get("place") and other.slots.get("place"):
                    draft.slots["place"] = other.slots["place"]

    def _held_states(self) -> None:
        """المدينة تحت سيطرة …, الخاضعة لسيطرة …, بات المطار بيد …: who holds a place, said without a verb."""
        used = {id(f.node) for d in self.drafts for fillers in d.slots.values() for f in fillers}
        held = next((f for f in self.know.frames.get("سيطر", ()) if f.type == "control_held"), None)
        words = self.know.words
        if held is None:
            return
        for k, node in enumerate(self.nodes):
            holder: Node | None = None
            if node.kind == "p" and node.text in words["holding"] and k + 1 < len(self.nodes):
                holder = self.nodes[k + 1]
                if not classes_of(holder) & (ACTORISH | {"pronoun"}) or holder.prep != node.text:
                    continue
            elif node.kind == "e" and node.prep == "تحت" and node.enclitic and node.frames:
                holder = _pronoun(node)
            elif node.kind == "q" and node.prep in words["holding"]:
                holder = node
            elif node.kind == "n" and node.text.split(" ")[-1] in words["subject_to"]:
                holder = next((n for n in self.nodes[k + 1 : k + 2] if n.prep == "ل"), None)
                if holder is None or not classes_of(holder) & ACTORISH:
                    continue
                k += 1
            if holder is None or id(holder) in used:
                continue
            place = self._held_place(k)
            if place is None or id(place) in used and not place.prep:
                continue
            self.drafts = [d for d in self.drafts if d.node is not node]
            trigger = node
            trigger.head = node.j - 1 if node.kind != "e" else node.head
            draft = Draft(trigger, held, self._held_or_taken(place), args=Arguments())
            members, _ = coordinated(self.nodes, place.index)
            draft.slots["place"] = [Filler(n, "said to be held") for n in members if n.index < k]
            draft.slots["actor"] = [Filler(holder, f"behind {node.text}")]
            self.drafts.append(draft)

    def _said_to_all(self) -> None:
        """«ابتعدوا عن…», سنحاسب كل من…: a command is a demand, what "we shall" do a vow or a threat."""
        for k, node in enumerate(self.nodes):
            if node.kind != "v" or any(d.node is node for d in self.drafts):
                continue
            before = self.nodes[k - 1] if k else None
            if before is not None and before.kind == "x" and before.text in QUOTES | {":"}:
                commands = any(
                    a.reading.kind == "imp" and a.reading.number == "p" for a in self._readings(node)
                )
                if commands and node.text.endswith("وا"):
                    self._speech_act(node, "طالب", "demand")
                    continue
            if "future" in node.tags and node.person == 1 and not node.frames and not self._carries(k):
                hostile = node.lemma in self.know.words["hostile_vows"]
                self._speech_act(node, "هدد" if hostile else "تعهد", "threat" if hostile else "pledge")

    def _readings(self, node: Node) -> Sequence[Analysis]:
        return self.know.lexicon.analyse(node.text)

    def _carries(self, k: int) -> bool:
        """Whether a verb is the light verb of a happening that is told for itself."""
        return any(light_node.index == k for light_node, _ in self.bound.values())

    def _speech_act(self, node: Node, verb: str, type_: str) -> None:
        frame = next((f for f in self.know.frames.get(verb, ()) if f.speech and f.type == type_), None)
        if frame is None:
            return
        self.drafts = [d for d in self.drafts if d.node is not node]
        draft = Draft(node, frame, type_, args=Arguments(), spoken=True)
        subject = self.subjects.get(node.index)
        if subject is not None and node.person == 1:
            draft.slots["actor"] = [Filler(n, subject[1]) for n in subject[0].nodes]
        self.drafts.append(draft)

    def _besieged(self) -> None:
        """في الفاشر المحاصرة: an adjective that says a place is surrounded."""
        frame = next((f for f in self.know.frames.get("حاصر", ()) if f.type == "siege"), None)
        for node in self.nodes:
            if node.kind != "n" or frame is None or "place" not in classes_of(node):
                continue
            if node.text.split(" ")[-1] in self.know.words["besieged"] and node.j - node.i > 1:
                said = Node("e", node.j - 1, node.j, head=node.j - 1, text=node.text.split(" ")[-1])
                said.sentence, said.index, said.definite = node.sentence, node.index, True
                draft = Draft(said, frame, "siege", args=Arguments())
                members = [node]
                while members[0].conj and members[0].index and _is_place(self.nodes[members[0].index - 1]):
                    members.insert(0, self.nodes[members[0].index - 1])
                draft.slots["place"] = [Filler(n, "said to be besieged") for n in members]
                self.drafts.append(draft)

    def _held_or_taken(self, place: Node) -> str:
        """وُضع المعبر تحت سيطرة…, باتت المدينة بيد…: brought under somebody, it was taken."""
        for m in range(place.index - 1, max(-1, place.index - 4), -1):
            other = self.nodes[m]
            if other.kind == "v":
                lemmas = {_fold_lemma(a.reading.lemma) for a in other.analyses}
                return "control_gained" if lemmas & self.know.words["brought_under"] else "control_held"
            if other.kind in "xsr":
                break
        return "control_held"

    def _held_place(self, k: int) -> Node | None:
        """The place a holding is said of: the noun phrase right before, or the topic of the clause."""
        for m in range(k - 1, max(-1, k - 6), -1):
            other = self.nodes[m]
            if (
                other.kind in "ve"
                and (other.frames or other.cues)
                or other.kind == "x"
                and other.text in ENDS
            ):
                return None
            if other.kind in "sr":
                return None
            if other.kind == "n" and "place" in classes_of(other) and not other.classes & {"person"}:
                first = m
                while first > 0 and self.nodes[first].conj and "place" in classes_of(self.nodes[first - 1]):
                    first -= 1
                return self.nodes[first]
        return None

    def _form_fits(self, node: Node, frame: Frame) -> bool:
        if "hal" in node.tags:
            return frame.speech
        if "ppart" in node.tags or "apart" in node.tags:
            kind = "ppart" if "ppart" in node.tags else "apart"
            return kind in frame.forms and not node.definite
        return "masdar" in frame.forms or "noun" in frame.forms

    def _try_happening(self, node: Node, frame: Frame, args: Arguments) -> Draft | None:
        nxt = self.nodes[node.index + 1] if node.index + 1 < len(self.nodes) else None
        if frame.type == "operation_launched" and nxt is not None and nxt.kind == "e" and nxt.gen:
            return None  # حملة تفتيش: the search is the happening
        draft = Draft(node, frame, frame.type, args=args)
        roles: dict[str, set[str]] = {"subject": set(), "object": set()}
        bound = self.bound.get(node.index) or self.rel.get(node.index)
        if bound is not None:
            draft.light_node, draft.light = bound
            roles["light"] = {draft.light_node.lemma}
        if node.qty is not None:
            roles["object"].add("amount")
        for ident, i, j in node.actors:
            named = Node(
                "n", i, j, head=i, text=" ".join([node.text]), sentence=node.sentence, index=node.index
            )
            named.actors = [(ident, i, j)]
            named.head_actor = (ident, i, j)
            named.classes = {"actor"}
            self._fill(
                draft, Argument("", [named]), frame.subject or {"actor": "actor"}, "adjective of nationality"
            )
            roles["subject"].add("actor")
        self._complements(draft, roles, args)
        if "victim" in node.classes and node.definite and node.qty is None and not self._toll(draft):
            return None
        stands = not draft.slots and "masdar" in node.tags and not node.definite and not node.prep
        if (
            "ppart" in node.tags
            or stands
            and any(a.reading.kind == "ppart" for a in self.know.lexicon.analyse(node.text))
        ):
            self._participle(draft, roles)
        if "hal" in node.tags:
            self._whose_state(draft, roles)
        if "status-noun" in node.classes and not draft.slots.get("actor"):
            self._in_a_state(draft, roles)
        return self._finish(draft, roles, args)

    def _complements(self, draft: Draft, roles: dict[str, set[str]], args: Arguments) -> None:
        node, frame = draft.node, draft.frame
        bare = [
            a
            for a in args.bare
            if a.nodes[0].kind != "e" and not (a.comma and a is args.bare[0] and not a.nodes[0].qty)
        ]
        if node.enclitic and node.enclitic not in ("نا", "ي"):
            self._pronoun_complement(draft, roles, bare)
            return
        if node.enclitic:
            speaker = _pronoun(node)
            self._fill(draft, Argument("", [speaker]), frame.subject, "first person")
            return
        if "hal" in node.tags:  # مطالبين الحكومة ب…: whom it is addressed to stands behind it
            self._fill(draft, bare[0] if bare else None, frame.object, "object of the participle")
            return
        if node.definite and bare and "ppart" not in node.tags:
            bare = [a for a in bare if a.nodes[0].i > node.j or "place" in argument_classes(a)]
        if not bare:
            return
        first = bare[0]
        classes = argument_classes(first)
        if first.nodes[0].i != node.j and not node.adjectives and node.tags & {"masdar"} and first.comma:
            return
        as_object = fits(classes, frame.object)
        as_subject = fits(classes, frame.subject)
        if (
            as_object is None
            and as_subject is None
            and "place" in classes
            and not first.comma
            and any("place" in s.values() for s in frame.preps.values())
        ):
            self._fill(draft, first, {"place": "place"}, "place behind it")
            return
        adjacent = first.nodes[0].i == node.j
        second = next((a for a in bare[1:] if fits(argument_classes(a), frame.object) and not a.comma), None)
        wanted = frame.with_.get("object")
        if as_object is not None and (
            as_subject is None
            or wanted
            and second is None
            and classes & wanted
            or (second is None and draft.type in PATIENT_TYPES)
        ):
            roles["object"] |= classes
            self._fill(draft, first, frame.object, "complement")
            return
        if as_subject is not None and (adjacent or not node.definite):
            roles["subject"] |= classes
            self._fill(draft, first, frame.subject, "complement")
            if second is not None:
                roles["object"] |= argument_classes(second)
                self._fill(draft, second, frame.object, "object of the masdar")
            return
        roles["object"] |= classes

    def _pronoun_complement(self, draft: Draft, roles: dict[str, set[str]], bare: Sequence[Argument]) -> None:
        node, frame = draft.node, draft.frame
        pronoun = Argument("", [_pronoun(node)])
        second = next((a for a in bare if fits(argument_classes(a), frame.object)), None)
        if second is not None:
            roles["object"] |= argument_classes(second)
            self._fill(draft, second, frame.object, "object of the masdar")
            self._fill(draft, pronoun, frame.subject, "pronoun on the masdar")
            roles["subject"] |= {"actor", "force", "pronoun"}
            return
        direct = draft.type in PATIENT_TYPES | {"attack", "siege", "entered"} or node.prep == "ل"
        if frame.object and (draft.light is not None or direct):
            takes = "place" in frame.object or "civilian" in frame.object or "detainee" in frame.object
            if takes and not (
                "place" in {s for p in frame.preps.values() for s in p.values()} and self._has_place(draft)
            ):
                roles["object"] |= {"pronoun", "place"}
                self._fill(draft, pronoun, frame.object, "pronoun on the masdar")
                return
        roles["subject"] |= {"actor", "force", "pronoun"}
        self._fill(draft, pronoun, frame.subject, "pronoun on the masdar")

    def _has_place(self, draft: Draft) -> bool:
        for argument in draft.args.preps:
            slots = draft.frame.preps.get(argument.prep, {})
            if "place" in argument_classes(argument) and "place" in slots:
                return True
        return False

    def _toll(self, draft: Draft) -> bool:
        """ارتفاع عدد القتلى إلى 120, بلغت حصيلة الجرحى 40: the count stands behind the counted."""
        k = draft.node.index
        before = self.nodes[k - 1] if k else None
        if (
            before is None
            or before.text.split(" ")[-1].removeprefix("ال") not in self.know.words["toll_words"]
        ):
            return False
        for node in self.nodes[k + 1 :]:
            if node.kind in "sr" or node.kind == "x" and node.text in ENDS:
                return False
            if node.kind in "ne" and node.qty is not None and hasattr(node.qty, "min"):
                draft.slots["amount"] = [Filler(node, "the toll")]
                return True
        return False

    def _whose_state(self, draft: Draft, roles: dict[str, set[str]]) -> None:
        """قال الوزير …، متوعدا: the participle's subject is that of the verb before it."""
        for m in range(draft.node.index - 1, -1, -1):
            if self.nodes[m].kind == "v" and m in self.subjects:
                subject = self.subjects[m][0]
                roles["subject"] |= argument_classes(subject)
                self._fill(draft, subject, draft.frame.subject, f"subject of {self.nodes[m].text}")
                return
            if self.nodes[m].kind == "x" and self.nodes[m].text in ENDS:
                return

    def _in_a_state(self, draft: Draft, roles: dict[str, set[str]]) -> None:
        """قواتنا في حالة تأهب: who is in the state stands before it."""
        for m in range(draft.node.index - 1, -1, -1):
            node = self.nodes[m]
            if node.kind in "vsx":
                return
            if node.kind == "n" and not node.prep and classes_of(node) & ACTORISH:
                roles["subject"] |= classes_of(node)
                self._fill(draft, Argument("", [node]), draft.frame.subject, "said of it")
                return

    def _participle(self, draft: Draft, roles: dict[str, set[str]]) -> None:
        """محاصرين, مقطوعة, محررة: what it is said of stands before it."""
        k = draft.node.index
        for m in range(k - 1, -1, -1):
            node = self.nodes[m]
            if node.kind == "x" and node.text in ENDS | COMMAS:
                break
            if node.kind == "n" and node.prep in ("في", "ب", "قرب", "عند"):
                draft.args.preps.append(Argument(node.prep, [node]))
            if node.kind == "e" and "service" in node.classes:
                roles["object"] |= node.classes
                break
            if node.kind == "n" and not node.prep:
                roles["object"] |= classes_of(node)
                roles["subject"] |= classes_of(node)
                self._fill(draft, Argument("", [node]), draft.frame.object, "said of it")
                break
            if node.kind == "e" and node.enclitic:
                pronoun = _pronoun(node)
                roles["object"] |= classes_of(pronoun)
                self._fill(draft, Argument("", [pronoun]), draft.frame.object, "said of it")
                break


def _is_place(node: Node) -> bool:
    return "place" in classes_of(node)


def _pronoun(node: Node) -> Node:
    """A pronoun node for the clitic at the end of a word."""
    out = Node("q", node.i, node.j, head=node.head, text=node.text, enclitic=node.enclitic)
    out.sentence, out.index = node.sentence, node.index
    out.tags.add("clitic")
    return out


__all__ = ["SentenceDrafts", "_looks_nisba"]
