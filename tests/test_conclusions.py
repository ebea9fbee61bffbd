"""The laws of conclusions, on random ledgers; and the bundled corpus, read by the real reader."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import judging
import making
from riwaya.cli import app
from riwaya.kept import Found, Kept
from riwaya.ledger import Ledger, open_ledger
from riwaya.model import Claim, Quantity, Report, Status
from riwaya.views import Conclusions, evening

PLACES = ("sy-homs", "sy-hama", "sy-waer", "sy-homs-governorate")
SIDES = ("sy-government", "sy-opposition", "hts", "sdf")
TYPES = ("control_gained", "control_held", "entered", "withdrew", "casualties", "clash")
WIRE = "دخلت القوات المدينة بعد ساعات من القتال عند المداخل الغربية وقال سكان إنهم سمعوا دوي انفجارات كثيرة"
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Told = tuple[Report, list[Claim]]


@st.composite
def tellings(draw: st.DrawFn) -> list[Told]:
    """A handful of reports of ten days, some of them copies of one wire, each with a few claims."""
    return [report_with(draw, number) for number in range(draw(st.integers(2, 7)))]


def report_with(draw: st.DrawFn, number: int) -> Told:
    at = datetime(2024, 12, 1, 9) + timedelta(hours=draw(st.integers(0, 200)))
    words = WIRE if draw(st.booleans()) else " ".join(f"كلمة{number}{n}" for n in range(30))
    of = Report(f"{words} {number}", f"r{number}", outlet=f"صحيفة {draw(st.integers(0, 3))}", published=at)
    return of, [claim_of(draw, of, n) for n in range(draw(st.integers(1, 3)))]


def claim_of(draw: st.DrawFn, of: Report, n: int) -> Claim:
    type = draw(st.sampled_from(TYPES))
    killed = draw(st.integers(1, 40))
    chain = draw(
        st.sampled_from(
            [(), (making.link("sohr", "المرصد", "monitor"),), (making.link("", "سكان", "resident"),)]
        )
    )
    day = at_day(of) if draw(st.booleans()) else None
    return making.claim(
        of,
        type,
        at=n,
        actor=(making.actor(draw(st.sampled_from(SIDES))),),
        place=(making.place(draw(st.sampled_from(PLACES))),),
        status=draw(st.sampled_from([Status.HAPPENED, Status.HAPPENED, Status.DENIED])),
        when=(day,) if day else None,
        chain=chain,
        quantity=Quantity("", 0, 1, killed, killed, "people") if type == "casualties" else None,
    )


def at_day(of: Report) -> str:
    assert of.day
    return of.day.isoformat()


def filled(path: Path, told: list[Told]) -> Ledger:
    path.unlink(missing_ok=True)
    ledger = open_ledger(path)
    for report, claims in told:
        assert ledger.add(report, claims, making.CUSTODY)
    return ledger


def concluded(found: Conclusions) -> Any:
    """Everything that is concluded, as plain objects in a fixed order."""
    days = [datetime(2024, 12, n).date() for n in (3, 6, 10)]
    return {
        "tellings": found.tellings,
        "events": ordered(e.to_json(disputed=found.is_disputed(e)) for e in found.events),
        "disputes": ordered(d.to_json() for d in found.disputes),
        "control": [[s.to_json() for s in found.control(day)] for day in days],
    }


def ordered(found: Iterator[Any]) -> list[Any]:
    return sorted(found, key=lambda one: json.dumps(one, ensure_ascii=False, sort_keys=True))


def plain(found: Any) -> Any:
    return json.loads(json.dumps(found))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Any]:
    """Fresh ledgers, closed at the end."""
    opened: list[Ledger] = []

    def make(told: list[Told]) -> Ledger:
        opened.append(filled(tmp_path / f"{len(opened)}.sqlite", told))
        return opened[-1]

    yield make
    for ledger in opened:
        ledger.close()


@SLOW
@given(tellings(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(folder: Any, told: list[Told], chance: random.Random) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
    one, other = (Conclusions(folder(way), judging.knowledge()) for way in (told, shuffled))
    assert concluded(one) == concluded(other)


@SLOW
@given(tellings(), st.randoms(use_true_random=False))
def test_what_is_kept_is_what_would_be_concluded(
    folder: Any, told: list[Told], chance: random.Random
) -> None:
    knowledge = judging.knowledge()
    ledger = folder([])
    shuffled = list(told)
    chance.shuffle(shuffled)
    for report, claims in shuffled:
        ledger.add(report, claims, making.CUSTODY)
        Kept(ledger, knowledge).refresh()
    expected = plain(concluded(Conclusions(ledger, knowledge)))
    same(kept(ledger), expected)
    Kept(ledger, knowledge).rebuild()
    same(kept(ledger), expected)


def same(one: Any, other: Any, path: str = "") -> None:
    """Two answers are one; where they are not, says where."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            same(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{path}[{number}]")
    else:
        assert one == other, path


def kept(ledger: Ledger) -> Any:
    found = Found.of(ledger, judging.knowledge())
    assert found.kept
    return answered(found)


@SLOW
@given(tellings())
def test_a_copy_of_a_telling_changes_no_support(folder: Any, told: list[Told]) -> None:
    report, claims = told[0]
    last = max(one.published for one, _ in told if one.published)
    text = report.text if len(report.text.split()) > 20 else WIRE
    copy = Report(text + " عاجل", "copy", outlet="صحيفة أخرى", published=last + timedelta(minutes=1))
    if last - (report.published or last) > timedelta(days=9):
        return
    repeated = [
        replace(one, report="copy", when=one.when or (report.day, report.day), id="") for one in claims
    ]
    dated = [
        (report, [replace(one, when=one.when or (report.day, report.day), id="") for one in claims]),
        *told[1:],
    ]
    before = Conclusions(folder(dated), judging.knowledge())
    after = Conclusions(folder([*dated, (copy, repeated)]), judging.knowledge())
    assert supports(before) == supports(after)


def supports(found: Conclusions) -> list[tuple[str, float]]:
    return sorted((event.id, round(event.weighed.probability, 9)) for event in found.events)


@SLOW
@given(tellings(), st.integers(1, 9))
def test_known_by_never_sees_the_future(folder: Any, told: list[Told], number: int) -> None:
    moment = evening(datetime(2024, 12, number).date())
    past = [(report, claims) for report, claims in told if report.published and report.published <= moment]
    seen = Conclusions(folder(told), judging.knowledge(), moment)
    alone = Conclusions(folder(past), judging.knowledge(), moment)
    assert concluded(seen) == concluded(alone)


@SLOW
@given(tellings(), st.integers(1, 9), st.randoms(use_true_random=False))
def test_what_is_kept_answers_what_was_known(
    folder: Any, told: list[Told], number: int, chance: random.Random
) -> None:
    knowledge = judging.knowledge()
    shuffled = list(told)
    chance.shuffle(shuffled)
    ledger = folder(shuffled)
    moment = evening(datetime(2024, 12, number).date())
    whole, some = Conclusions(ledger, knowledge), Conclusions(ledger, knowledge, moment)
    found = Found.of(ledger, knowledge)
    same(answered(found.by(moment)), plain(concluded(some)))
    wanted = [one.to_json() for one in whole.changes(moment)]
    same(ordered(one.to_json() for one in found.changes(moment)), plain(ordered(iter(wanted))))


def answered(found: Found) -> Any:
    """The same as ``concluded``, out of what is kept."""
    days = [datetime(2024, 12, n).date() for n in (3, 6, 10)]
    return plain(
        {
            "tellings": found.tellings,
            "events": ordered(found.told_events()),
            "disputes": ordered(found.told_disputes()),
            "control": [[one.to_json() for one in found.control(day)] for day in days],
        }
    )


@SLOW
@given(tellings())
def test_removing_a_report_removes_exactly_its_effect(folder: Any, told: list[Told]) -> None:
    gone = told[-1][0].id
    without = Conclusions(folder(told), judging.knowledge(), without=frozenset({gone}))
    never = Conclusions(folder(told[:-1]), judging.knowledge())
    assert concluded(without) == concluded(never)


def test_decisions_outrank_links_and_survive_a_rebuild(folder: Any) -> None:
    knowledge = judging.knowledge()
    reports = [
        Report(f"{WIRE * 0}خبر {n}", f"r{n}", outlet=f"صحيفة {n}", published=datetime(2024, 12, 5, 10 + n))
        for n in range(3)
    ]
    told = [(one, [making.claim(one, place=(making.place("sy-homs"),))]) for one in reports]
    ledger = folder(told)
    ids = [claims[0].id for _, claims in told]
    assert len(list(found(ledger, knowledge))) == 1
    apart = ledger.decide("different", "analyst", {"claims": [ids[0], ids[2]]})
    none = ledger.decide("not-a-claim", "analyst", {"claims": [ids[1]]})
    assert sorted(event["claims"] for event in found(ledger, knowledge)) == sorted([[ids[0]], [ids[2]]])
    Kept(ledger, knowledge).rebuild()
    assert sorted(event["claims"] for event in found(ledger, knowledge)) == sorted([[ids[0]], [ids[2]]])
    for decision in (apart, none):
        ledger.decide("withdraw", "analyst", {}, withdraws=decision)
    assert [event["claims"] for event in found(ledger, knowledge)] == [ids]
    ledger.decide("correct", "analyst", {"claims": [ids[0]], "field": "place", "value": "sy-hama"})
    assert {event["place"]["id"] for event in found(ledger, knowledge)} == {"sy-homs", "sy-hama"}


def one_claim(number: int, place: str, day: str, **fields: Any) -> Told:
    of = Report(
        f"خبر {number}", f"r{number}", outlet=f"صحيفة {number}", published=datetime.fromisoformat(day)
    )
    said = {"type": "air_strike", "actor": (making.actor("sy-government"),)} | fields
    type = said.pop("type")
    return of, [making.claim(of, type, place=(making.place(place),), **said)]


def test_people_join_events_across_places_and_weeks_and_take_it_back(folder: Any) -> None:
    knowledge = judging.knowledge()
    told = [
        one_claim(0, "sy-homs", "2024-12-01T10:00"),
        one_claim(1, "sy-hama", "2024-12-20T10:00"),
        one_claim(2, "sy-homs", "2024-12-01T12:00"),
    ]
    ledger = folder(told)
    ids = [claims[0].id for _, claims in told]
    apart = [event["claims"] for event in found(ledger, knowledge)]
    assert apart == [[ids[0], ids[2]], [ids[1]]]
    decision = ledger.decide("same", "analyst", {"claims": [ids[0], ids[1]]})
    for _ in range(2):
        (event,) = found(ledger, knowledge)
        assert event["claims"] == [ids[0], ids[2], ids[1]]
        assert [one["score"] for one in event["links"] if "decision" in one["parts"]] == [2.0]
        same([event], plain([one.to_json() for one in Conclusions(ledger, knowledge).events]))
        Kept(ledger, knowledge).rebuild()
    more = one_claim(3, "sy-hama", "2024-12-20T15:00")
    ledger.add(*more, making.CUSTODY)
    assert [event["claims"] for event in found(ledger, knowledge)] == [
        [ids[0], ids[2], ids[1], more[1][0].id]
    ]
    ledger.decide("withdraw", "analyst", {}, withdraws=decision)
    assert [event["claims"] for event in found(ledger, knowledge)] == [
        [ids[0], ids[2]],
        [ids[1], more[1][0].id],
    ]


CORRECTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("type", "shelling", lambda event: event["type"] == "shelling"),
    ("status", "planned", lambda event: event is None),
    ("status", "denied", lambda event: event["status"] == "denied"),
    ("actor", ["russia"], lambda event: [one["id"] for one in event["actor"]] == ["russia"]),
    ("target", ["isis"], lambda event: [one["id"] for one in event["target"]] == ["isis"]),
    ("place", "sy-hama", lambda event: event["place"]["id"] == "sy-hama" and event["place"]["label_ar"]),
    ("when", ["2024-11-02", "2024-11-03"], lambda event: event["when"] == ["2024-11-02", "2024-11-03"]),
    ("quantity", "20-30", lambda event: (event["quantity"]["min"], event["quantity"]["max"]) == (20, 30)),
    ("origin", "sohr", lambda event: event["origins"][0]["id"] == "sohr"),
    ("origin", "ناشط في الحي", lambda event: event["origins"][0]["kind"] == "unnamed"),
    ("chain", [], lambda event: event["origins"][0]["kind"] == "media"),
)


@pytest.mark.parametrize(("field", "value", "holds"), CORRECTIONS, ids=lambda one: str(one)[:20])
def test_every_field_that_is_corrected_is_concluded_from(
    folder: Any, field: str, value: Any, holds: Any
) -> None:
    knowledge = judging.knowledge()
    told = one_claim(0, "sy-homs", "2024-12-01T10:00", chain=(making.link("", "سكان", "resident"),))
    ledger = folder([told])
    before = found(ledger, knowledge)
    decision = ledger.decide(
        "correct", "analyst", {"claims": [told[1][0].id], "field": field, "value": value}
    )
    after = found(ledger, knowledge)
    assert holds(after[0] if after else None), after
    same(after, plain([one.to_json() for one in Conclusions(ledger, knowledge).events]))
    ledger.decide("withdraw", "analyst", {}, withdraws=decision)
    assert found(ledger, knowledge) == before


def test_decisions_are_honoured_by_control_and_disputes(folder: Any) -> None:
    knowledge = judging.knowledge()
    denial = {"status": Status.DENIED, "chain": (making.link("sy-government", "الوزارة", "party"),)}
    told = [
        one_claim(0, "sy-homs", "2024-12-05T10:00", type="control_gained", actor=(making.actor("hts"),)),
        one_claim(
            1, "sy-homs", "2024-12-05T12:00", type="control_gained", actor=(making.actor("hts"),), **denial
        ),
    ]
    ledger = folder(told)
    ids = [claims[0].id for _, claims in told]
    day = datetime(2024, 12, 6).date()
    before = Found.of(ledger, knowledge)
    (contested,) = before.control(day)
    assert [one["settled"] for one in before.told_disputes()] == [False]
    ledger.decide("not-a-claim", "analyst", {"claims": [ids[1]]})
    after = Found.of(ledger, knowledge)
    assert list(after.told_disputes()) == []
    (held,) = after.control(day)
    assert held.support > contested.support
    assert [one.to_json() for one in after.control(day)] == [
        one.to_json() for one in Conclusions(ledger, knowledge).control(day)
    ]


def test_a_forward_is_the_telling_of_whom_it_came_from(folder: Any) -> None:
    knowledge = judging.knowledge()
    at = datetime(2024, 12, 5, 10)
    own = Report("خبر أول", "r0", outlet="قناة أ", published=at)
    forward = Report("خبر ثان", "r1", outlet="قناة ب", published=at + timedelta(hours=1), origin="قناة أ")
    other = Report("خبر ثالث", "r2", outlet="قناة ج", published=at + timedelta(hours=2))
    told = [(one, [making.claim(one)]) for one in (own, forward, other)]
    ledger = folder(told)
    (event,) = found(ledger, knowledge)
    assert sorted(len(origin["reports"]) for origin in event["origins"]) == [1, 2]
    (alone,) = found(folder([told[0], told[2]]), knowledge)
    assert alone["support"] == event["support"]


def test_a_record_is_what_others_said_later_and_knows_no_future(folder: Any) -> None:
    knowledge = judging.knowledge()
    first = one_claim(0, "sy-homs", "2024-12-05T10:00")
    later = one_claim(1, "sy-homs", "2024-12-05T18:00")
    denied = one_claim(2, "sy-hama", "2024-12-06T10:00")
    no = one_claim(3, "sy-hama", "2024-12-06T18:00", status=Status.DENIED)
    ledger = folder([first, later, denied, no])
    now = {one.name: one for one in Found.of(ledger, knowledge).records()}
    assert (now["صحيفة 0"].borne_out, now["صحيفة 0"].contradicted) == (1, 0)
    assert (now["صحيفة 2"].borne_out, now["صحيفة 2"].contradicted) == (0, 1)
    assert (now["صحيفة 1"].told, now["صحيفة 1"].borne_out) == (1, 0)
    assert now["صحيفة 2"].factor(knowledge) < 1 < now["صحيفة 0"].factor(knowledge)
    then = {one.name: one for one in Found.of(ledger, knowledge, datetime(2024, 12, 5, 12)).records()}
    assert list(then) == ["صحيفة 0"]
    assert then["صحيفة 0"].borne_out == 0


def found(ledger: Ledger, knowledge: Any) -> list[Any]:
    return list(Found.of(ledger, knowledge).told_events())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with judging.ledger_of(tmp_path_factory.mktemp("events") / "corpus.sqlite") as ledger:
        yield ledger


@pytest.mark.parametrize("two_clocks", [True, False])
def test_who_held_what(corpus: Ledger, two_clocks: bool) -> None:
    judged = judging.judge(corpus, judging.truth()["control"], two_clocks=two_clocks)
    assert judged.right >= 0.93
    assert judged.brier <= 0.06


def test_copies_are_found_and_none_invented(corpus: Ledger) -> None:
    told = Conclusions(corpus, judging.knowledge()).tellings
    assert {frozenset(group) for group in told} == {frozenset(group) for group in judging.truth()["tellings"]}


def test_disputes_are_listed_and_the_settled_are_closed(corpus: Ledger) -> None:
    wanted = judging.truth()["disputes"]
    missing, wrong, _ = judging.judged_disputes(Conclusions(corpus, judging.knowledge()).disputes, wanted)
    assert len(missing) <= 0.2 * len(wanted)
    assert len(wrong) <= 1  # the correction of a toll whose words the reader does not read yet


COMMANDS = (
    ["events"],
    ["events", "--known-by", "2024-12-05", "--place", "حماة"],
    ["origins"],
    ["sources", "--record", "--known-by", "2024-12-06"],
    ["disputes", "--open"],
    ["control", "--at", "2024-12-06", "--known-by", "2024-12-06"],
    ["control", "--at", "2024-12-06", "--area", "محافظة حمص"],
    ["changes", "--since", "2024-12-06"],
    ["brief", "--at", "2024-12-08", "--lang", "en"],
    ["brief", "--at", "2024-12-08", "--lang", "ar", "--format", "html", "--area", "محافظة حلب"],
    ["rebuild"],
    ["decisions"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("json_too", [False, True])
def test_every_command_answers(corpus: Ledger, command: list[str], json_too: bool) -> None:
    result = CliRunner().invoke(app, [*command, "--ledger", corpus.where, *(["--json"] if json_too else [])])
    assert result.exit_code == 0, result.output
    assert result.output.strip() or command == ["decisions"]
    if json_too:
        assert all(isinstance(json.loads(line), dict) for line in result.output.splitlines())


def test_every_sentence_of_a_brief_is_cited(corpus: Ledger) -> None:
    arguments = ["brief", "--at", "2024-12-08", "--ledger", corpus.where, "--json"]
    page = json.loads(CliRunner().invoke(app, arguments).output)
    sentences = [one for section in page["sections"] for one in section["sentences"]]
    assert sentences
    assert all(one["claims"] and set(one["claims"]) & set(page["sources"]) for one in sentences)
