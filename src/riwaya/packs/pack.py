"""What the system knows: the language pack and every theatre, merged and frozen.

Packs are found beside this file and in the folders named by ``$RIWAYA_PACKS``; an entry with the
same id in two packs is one entry with the names of both.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from riwaya.packs import shapes
from riwaya.packs.place_words import read_place_words
from riwaya.packs.places_csv import read_places_csv
from riwaya.packs.schema import PackError, load_yaml

HERE = Path(__file__).parent
LANGUAGE = "ar"
WORLD = "world"


@dataclass(frozen=True, slots=True)
class Theatre:
    """A conflict: its id, its countries (ISO 3166 alpha-2, lower case) and its labels."""

    id: str
    countries: tuple[str, ...]
    label_ar: str = ""
    label_en: str = ""


@dataclass(frozen=True)
class Pack:
    """Plain checked data of all packs, before any index is built.

    ``language`` maps a file's stem (verbs, frames, voices …) to its content; ``actors``, ``persons``,
    ``operations`` and ``sources`` are rows with the theatre they came from under ``theatre``.
    """

    digest: str
    language: Mapping[str, Any]
    theatres: tuple[Theatre, ...]
    actors: tuple[dict[str, Any], ...]
    persons: tuple[dict[str, Any], ...]
    operations: tuple[dict[str, Any], ...]
    sources: tuple[dict[str, Any], ...]
    places: tuple[Any, ...]
    place_words: Any
    files: tuple[str, ...] = field(default=())


LANGUAGE_FILES: Mapping[str, Any] = {
    "types": shapes.TYPES,
    "verbs": shapes.VERBS,
    "nouns": shapes.NOUNS,
    "frames": shapes.FRAMES,
    "particles": shapes.LISTS,
    "voices": shapes.VOICES,
    "status": shapes.STATUS,
    "topics": shapes.TOPICS,
}

# Read plainly: the mentions that use them check them.
PLAIN_FILES = ("time", "numbers", "furniture")


def pack_folders() -> list[Path]:
    """Every theatre folder: those shipped here, then those on ``$RIWAYA_PACKS``."""
    roots = [HERE, *(Path(p) for p in os.environ.get("RIWAYA_PACKS", "").split(os.pathsep) if p)]
    found: list[Path] = []
    for root in roots:
        if not root.is_dir():
            raise PackError(f"{root}: named in RIWAYA_PACKS but not a folder")
        found += sorted(p.parent for p in root.glob("*/actors.yaml"))
        if (root / "actors.yaml").is_file():
            found.append(root)
    return found


def pack_files() -> list[Path]:
    """All files that make up the packs, in a fixed order."""
    files = sorted(p for p in (HERE / LANGUAGE).iterdir() if p.suffix == ".yaml")
    files += sorted(p for p in (HERE / "gazetteer").glob("*.*") if p.suffix in (".csv", ".yaml"))
    for folder in pack_folders():
        files += [
            folder / name
            for name in ("actors.yaml", "sources.yaml", "places.csv")
            if (folder / name).is_file()
        ]
    return files


def digest_of(files: Iterable[Path]) -> str:
    """SHA-256 over names and bytes of the pack files, shortened to 16 hex digits."""
    hasher = hashlib.sha256()
    for file in (*files, *_code()):
        hasher.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return hasher.hexdigest()[:16]


def _code() -> list[Path]:
    """The modules whose objects a cache holds: an index built by other code is not read."""
    root = HERE.parent
    return sorted(
        p for folder in ("text", "packs", "mentions", "claims") for p in (root / folder).glob("*.py")
    )


def load_packs() -> Pack:
    """All packs, from the cache where their files are unchanged; raises PackError with file, line and key."""
    files = pack_files()
    digest = digest_of(files)
    cached = read_cache(f"pack-{digest}")
    if isinstance(cached, Pack):
        return cached
    pack = _load(files, digest)
    write_cache(f"pack-{digest}", pack)
    return pack


def _load(files: list[Path], digest: str) -> Pack:
    language = {
        name: load_yaml(HERE / LANGUAGE / f"{name}.yaml", shape) for name, shape in LANGUAGE_FILES.items()
    }
    for name in PLAIN_FILES:
        language[name] = yaml.safe_load((HERE / LANGUAGE / f"{name}.yaml").read_text("utf-8"))
    rows: dict[str, list[dict[str, Any]]] = {"actors": [], "persons": [], "operations": [], "sources": []}
    theatres: list[Theatre] = []
    places: list[Any] = []
    for file in files:
        if file.name == "actors.yaml":
            theatres.append(_take_actors(file, rows))
        elif file.name == "sources.yaml":
            _take_sources(file, rows)
        elif file.name.endswith(".csv") and file.name.startswith("places"):
            places.extend(read_places_csv(file))
    return Pack(
        digest=digest,
        language=language,
        theatres=tuple(theatres),
        actors=tuple(rows["actors"]),
        persons=tuple(rows["persons"]),
        operations=tuple(rows["operations"]),
        sources=tuple(rows["sources"]),
        places=tuple(places),
        place_words=read_place_words(HERE / "gazetteer"),
        files=tuple(str(f) for f in files),
    )


def _take_actors(file: Path, rows: dict[str, list[dict[str, Any]]]) -> Theatre:
    data = load_yaml(file, shapes.ACTORS)
    head = data["theatre"]
    for key in ("actors", "persons", "operations"):
        rows[key] += [{**row, "theatre": head["id"]} for row in data.get(key, ())]
    label = head.get("label", {})
    return Theatre(head["id"], tuple(head.get("countries", ())), label.get("ar", ""), label.get("en", ""))


def _take_sources(file: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    theatre = file.parent.name
    data = load_yaml(file, shapes.SOURCES)
    rows["sources"] += [{**row, "theatre": theatre} for row in data.get("sources", ())]


def cache_folder() -> Path:
    """Where built indexes are kept: ``$RIWAYA_CACHE``, else the user's cache folder."""
    named = os.environ.get("RIWAYA_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "riwaya"


def read_cache(key: str) -> Any | None:
    """A built index of this digest, or None where there is none (or it cannot be read)."""
    path = cache_folder() / f"{key}.pickle"
    try:
        if path.stat().st_uid != os.getuid():  # somebody else's file is not ours to run
            return None
        with path.open("rb") as file:
            return pickle.load(file)
    except Exception:  # a damaged or foreign cache costs a rebuild, never a reading
        return None


def write_cache(key: str, value: object) -> None:
    """Keep a built index; a folder that cannot be written costs only the next start-up."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            pickle.dump(value, file, protocol=pickle.HIGHEST_PROTOCOL)
        Path(name).replace(folder / f"{key}.pickle")
    except OSError:
        return
