"""A Telegram Desktop export (``result.json``): every message with words as a report of its channel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from riwaya.model import Report
from riwaya.sources.dates import from_seconds, moment
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "telegram"
OPENING = re.compile(rb'"messages"\s*:\s*\[|"chats"\s*:\s*\{')
NAMED = re.compile(
    rb'^\s*(?:\xef\xbb\xbf)?\s*\{\s*"(?:about|name|chats|type|id|messages|personal_information)"'
)
# Chats whose messages have an address for their members, and those between people.
ADDRESSED = frozenset({"public_channel", "private_channel", "public_supergroup", "private_supergroup"})
PRIVATE = frozenset({"personal_chat", "bot_chat", "saved_messages"})
QUARTER = 15 * 60  # zones lie whole quarters of an hour apart


def fits(source: Input) -> bool:
    """A JSON file that opens like an export."""
    return bool(NAMED.match(source.head) and OPENING.search(source.head))


def read(source: Input, given: Given) -> Results:
    """Every chat's messages; a broken one is named and the rest is read."""
    try:
        root = json.loads(decode(source.bytes()).text)
    except (NotTextError, ValueError, RecursionError) as error:
        yield Problem(source.where, f"not a whole Telegram export: {error}", "export it again as JSON")
        return
    for chat in chats(root):
        for message in chat["messages"]:
            yield from read_message(message, chat, source, given)


def chats(root: Any) -> Iterator[Mapping[str, Any]]:
    """The one chat of an export, or all of them."""
    whole = root.get("chats") if isinstance(root, dict) else None
    listed = whole.get("list") if isinstance(whole, dict) else [root]
    for chat in listed if isinstance(listed, list) else ():
        if isinstance(chat, dict) and isinstance(chat.get("messages"), list):
            yield chat


def read_message(message: Any, chat: Mapping[str, Any], source: Input, given: Given) -> Results:
    """One message; what the service says and what has no words is passed over."""
    if not isinstance(message, dict):
        yield Problem(source.where, "a message that is no object; passed over")
        return
    text = words(message.get("text") or message.get("caption"))
    if message.get("type") == "service" or not text.strip():
        return
    where = f"{source.where}#{message.get('id', '?')}"
    published = sent(message)
    if published is None:
        yield Problem(where, "a message without a date; read without it")
    report = Report(
        text,
        id=f"telegram/{chat.get('id', '')}/{message.get('id', '')}",
        outlet=outlet(message, chat) or given.outlet,
        published=published or given.published,
        url=address(message, chat),
        language=language(text),
        origin=plain(message.get("forwarded_from")),
    )
    raw = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    yield receive(report, raw, where, KIND)


def words(value: Any) -> str:
    """A message's text: a string, or a list of strings and of objects with a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return words(value.get("text"))
    return "".join(map(words, value)) if isinstance(value, list) else ""


def sent(message: Mapping[str, Any]) -> datetime | None:
    """When it was sent: the second it was, on the clock of whoever exported it."""
    wall = moment(message.get("date"))
    seconds = plain(message.get("date_unixtime"))
    exact = from_seconds(int(seconds)) if seconds.isdigit() else None
    if exact is None or wall is None or wall.tzinfo:
        return wall or exact
    ahead = (wall - exact.replace(tzinfo=None)).total_seconds()
    zone = timedelta(seconds=round(ahead / QUARTER) * QUARTER)
    return wall.replace(tzinfo=timezone(zone) if zone else UTC) if abs(zone) < timedelta(hours=24) else exact


def outlet(message: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """The channel or group; between people, whoever wrote it."""
    sender, name = plain(message.get("from")), plain(chat.get("name"))
    return sender or name if chat.get("type") in PRIVATE else name or sender


def address(message: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """The message's address, where its chat has one."""
    if chat.get("type") not in ADDRESSED or not chat.get("id") or not message.get("id"):
        return ""
    return f"https://t.me/c/{chat['id']}/{message['id']}"


def plain(value: Any) -> str:
    """A short field as text."""
    return str(value).strip() if isinstance(value, str | int) else ""
