"""A Telegram Desktop export (``result.json``): every message with words as a report of its channel.

Read as a stream, so that an export of any size takes little memory and one cut short gives what is in it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from riwaya.model import Report
from riwaya.sources.dates import from_seconds, moment, settled
from riwaya.sources.json_stream import Cursor, CutError, items
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "telegram"
OPENING = re.compile(r'"messages"\s*:\s*\[|"(?:left_)?chats"\s*:\s*\{|"personal_information"\s*:\s*\{')
NAMED = re.compile(r'\{\s*"(?:about|name|chats|left_chats|type|id|messages|personal_information)"')
MESSAGE = re.compile(r'\{\s*"id"\s*:')
# Chats whose messages have an address for their members, and those between people.
ADDRESSED = frozenset({"public_channel", "private_channel", "public_supergroup", "private_supergroup"})
PRIVATE = frozenset({"personal_chat", "bot_chat", "saved_messages"})
QUARTER = 15 * 60  # zones lie whole quarters of an hour apart
DELETED = "Deleted Account"  # what Telegram writes in the place of a name that is gone


def shows(source: Input) -> bool:
    """A JSON file that opens like an export."""
    return bool(NAMED.match(source.opening) and OPENING.search(source.opening))


@dataclass
class Chat:
    """A chat whose messages are being read: what is known of it, and messages that came before that."""

    about: dict[str, Any] = field(default_factory=dict)
    early: list[tuple[str, int]] = field(default_factory=list)


def read(source: Input, given: Given) -> Results:
    """Every chat's messages; a broken one is named and the rest is read."""
    passed: Counter[str] = Counter()
    with source.open() as stream:
        cursor = Cursor(stream)
        try:
            yield from read_object(cursor, source, given, passed, depth=0)
        except (CutError, RecursionError) as error:
            line = f":{error.line}" if isinstance(error, CutError) else ""
            what = f"not a whole Telegram export: {error}; {passed['read']} messages before are read"
            yield Problem(f"{source.where}{line}", what, "export it again as JSON")
    left = ", ".join(f"{what} {count}" for what, count in passed.items() if what != "read")
    if left:
        yield Problem(source.where, f"passed over: {left}", lost=False)


def read_object(cursor: Cursor, source: Input, given: Given, passed: Counter[str], depth: int) -> Results:
    """The chats in an object: itself, or those in its lists."""
    chat = Chat()
    if not cursor.take("{"):
        raise CutError(f"{cursor.peek()!r} where an object should begin", cursor.line)
    while not cursor.take("}"):
        key = parsed(cursor.value()[0])
        if not isinstance(key, str) or not cursor.take(":"):
            raise CutError("a name without a value", cursor.line)
        here = cursor.peek()
        if key == "messages" and here == "[":
            yield from read_messages(cursor, chat, source, given, passed)
        elif key in ("chats", "left_chats") and here == "{" and depth < 3:
            yield from read_object(cursor, source, given, passed, depth + 1)
        elif key == "list" and here == "[" and depth < 3:
            yield from read_list(cursor, source, given, passed, depth + 1)
        else:
            chat.about[key] = parsed(cursor.value()[0]) if here not in ("{", "[") else cursor.value() and None
        if not cursor.take(",") and cursor.peek() != "}":
            raise CutError(
                f"{cursor.peek()!r} in an object" if cursor.peek() else "the file ends", cursor.line
            )
    for raw, line in chat.early:
        yield from read_raw(raw, line, chat, source, given, passed)


def read_list(cursor: Cursor, source: Input, given: Given, passed: Counter[str], depth: int) -> Results:
    """The chats of a list."""
    cursor.take("[")
    while not cursor.take("]"):
        if cursor.peek() == "{":
            yield from read_object(cursor, source, given, passed, depth)
        else:
            cursor.value()
        if not cursor.take(",") and cursor.peek() != "]":
            raise CutError("the list of chats is broken", cursor.line)


def read_messages(cursor: Cursor, chat: Chat, source: Input, given: Given, passed: Counter[str]) -> Results:
    """The messages of a chat, as soon as its name is known."""
    for raw, line in items(cursor, MESSAGE):
        if "name" in chat.about or "id" in chat.about:
            yield from read_raw(raw, line, chat, source, given, passed)
        else:
            chat.early.append((raw, line))


def read_raw(raw: str, line: int, chat: Chat, source: Input, given: Given, passed: Counter[str]) -> Results:
    """One message as it stands in the file."""
    message = parsed(raw)
    if not isinstance(message, dict):
        what = (
            "a message that is no object"
            if raw and message is not None or raw == "null"
            else "a broken message"
        )
        yield Problem(f"{source.where}:{line}", f"{what}; passed over")
        for found, at in inside(raw):
            yield from read_raw(found, line + at, chat, source, given, passed)
        return
    text = words(message.get("text") or message.get("text_entities") or message.get("caption"))
    if message.get("type") == "service":
        passed["service messages"] += 1
    elif not text.strip():
        passed["polls" if "poll" in message else "messages without words"] += 1
    else:
        passed["read"] += 1
        yield from read_message(message, text, chat.about, raw, line, source, given)


def inside(raw: str) -> Iterator[tuple[str, int]]:
    """The whole messages in what a missing bracket made one, each with the lines before it."""
    decoder = json.JSONDecoder(strict=False)
    at = 1
    while start := MESSAGE.search(raw, at):
        at = start.end()
        try:
            found, end = decoder.raw_decode(raw, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "type" in found:
            yield raw[start.start() : end], raw.count("\n", 0, start.start())
            at = end


def read_message(
    message: dict[str, Any],
    text: str,
    chat: Mapping[str, Any],
    raw: str,
    line: int,
    source: Input,
    given: Given,
) -> Results:
    """One message with words as a report."""
    edited = moment(message.get("edited"))
    note = f"message date (edited {edited.isoformat()})" if edited else "message date"
    published, dated = settled([(sent(message), note)], given, text)
    where = f"{source.where}#{message.get('id', '?')}"
    if sent(message) is None:
        yield Problem(f"{source.where}:{line}", "a message without a date; read without it", lost=False)
    report = Report(
        text,
        id=f"telegram/{chat.get('id', '')}/{message.get('id', '')}",
        outlet=outlet(message, chat) or given.outlet,
        published=published,
        url=address(message, chat),
        language=language(text),
        origin=origin(message, chat),
    )
    yield receive(report, raw.encode("utf-8", "surrogatepass"), where, KIND, dated)


def parsed(raw: str) -> Any:
    """A value out of its characters; None where they are none."""
    try:
        return json.loads(raw, strict=False)
    except (ValueError, RecursionError):
        return None


def words(value: Any, depth: int = 0) -> str:
    """A message's text: a string, or a list of strings and of objects with a text."""
    if isinstance(value, str):
        return value
    if depth > 8:
        return ""
    if isinstance(value, dict):
        return words(value.get("text"), depth + 1)
    return "".join(words(part, depth + 1) for part in value) if isinstance(value, list) else ""


def sent(message: Mapping[str, Any]) -> datetime | None:
    """When it was sent: the second it was, on the clock of whoever exported it."""
    wall = moment(message.get("date"))
    seconds = plain(message.get("date_unixtime"))
    exact = from_seconds(int(seconds)) if seconds.isascii() and seconds.isdigit() else None
    if exact is None or wall is None or wall.tzinfo:
        return wall or exact
    ahead = (wall - exact.replace(tzinfo=None)).total_seconds()
    zone = timedelta(seconds=round(ahead / QUARTER) * QUARTER)
    return wall.replace(tzinfo=timezone(zone) if zone else UTC) if abs(zone) < timedelta(hours=24) else exact


def outlet(message: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """The channel or group; between people, whoever wrote it."""
    sender, name = plain(message.get("from")), plain(chat.get("name"))
    return sender or name if chat.get("type") in PRIVATE else name or sender


def origin(message: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """Whom a forwarded message is from: a channel, a person, or an account that is no more."""
    for key in ("forwarded_from", "saved_from"):
        if key in message:
            name = plain(message[key]) or plain(message.get(f"{key}_id")) or DELETED
            return "" if name == plain(chat.get("name")) else name
    return plain(message.get("forwarded_from_id"))


def address(message: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """The message's address, where its chat has one."""
    if chat.get("type") not in ADDRESSED or not chat.get("id") or not message.get("id"):
        return ""
    return f"https://t.me/c/{chat['id']}/{message['id']}"


def plain(value: Any) -> str:
    """A short field as text."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
