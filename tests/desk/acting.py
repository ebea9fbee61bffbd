"""What a person does on the desk, whatever its language."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from desks import PASSWORD
from playwright.sync_api import expect

WORDS = {
    "ar": {
        "text": "نص التقرير",
        "published": "يوم النشر",
        "outlet": "الوسيلة",
        "keep": "احفظه في السجل",
        "done": "تم",
        "when": "اليوم المعروض",
        "known": "ما نُشر فقط حتى",
        "correct": "تصحيح",
        "save": "احفظ التصحيح",
        "undo": "تراجع",
        "accept": "قبول",
        "reject": "ليس خبرا",
        "export": "تصدير",
        "name": "الاسم",
        "password": "كلمة السر",
        "sign in": "تسجيل الدخول",
        "sign out": "تسجيل الخروج",
        "account": "الحساب",
        "story": "افتح قصته",
        "panel": "اللوحة",
        "corrected": "مصحَّح",
        "place": "المكان: ابحث عن مكان",
        "remove": "إزالة",
        "theirs": "اتركه كما هو الآن",
        "mine": "احفظ قراري رغم ذلك",
        "search": "ابحث في السجل",
    },
    "en": {
        "text": "Text of the report",
        "published": "Published",
        "outlet": "Outlet",
        "keep": "Keep it in the ledger",
        "done": "done",
        "when": "The day shown",
        "known": "Only what was published by",
        "correct": "Correct",
        "save": "Keep the correction",
        "undo": "Undo",
        "accept": "Accept",
        "reject": "Not a claim",
        "export": "Export",
        "name": "Name",
        "password": "Password",
        "sign in": "Sign in",
        "sign out": "Sign out",
        "account": "Account",
        "story": "Open its story",
        "panel": "Panel",
        "corrected": "corrected",
        "place": "Place: Find a place",
        "remove": "Remove",
        "theirs": "Leave it as it is now",
        "mine": "Keep mine all the same",
        "search": "Search the ledger",
    },
}


def sign_in(page: Any, lang: str, name: str) -> None:
    """Come in."""
    words = WORDS[lang]
    page.get_by_label(words["name"], exact=True).fill(name)
    page.get_by_label(words["password"], exact=True).fill(PASSWORD)
    page.get_by_role("button", name=words["sign in"]).click()
    expect(page.get_by_label(words["search"])).to_be_visible()


def sign_out(page: Any, lang: str) -> None:
    """Go away."""
    page.get_by_title(WORDS[lang]["account"]).click()
    page.get_by_role("button", name=WORDS[lang]["sign out"]).click()
    expect(page.get_by_label(WORDS[lang]["password"], exact=True)).to_be_visible()


def map_drawn(page: Any) -> None:
    """Wait for the first picture of the map."""
    page.wait_for_function("() => performance.getEntriesByName('riwaya:first-map').length > 0")


def at_rest(page: Any) -> None:
    """Wait until nothing is asked any more."""
    page.wait_for_load_state("networkidle")


def panel(page: Any, lang: str) -> None:
    """Open the panel beside the map where it is a drawer."""
    drawer = page.get_by_role("button", name=WORDS[lang]["panel"], exact=True)
    if drawer.is_visible() and drawer.get_attribute("aria-expanded") == "false":
        drawer.click()


def places(page: Any) -> int:
    """How many places the map has a state for."""
    return int(page.locator("aside .list li").count())


def to(path: str, **query: str) -> str:
    """An address of the desk."""
    return path + ("?" + "&".join(f"{name}={quote(value)}" for name, value in query.items()) if query else "")


def first_claim(page: Any, desk: Any, q: str) -> dict[str, Any]:
    """The first claim that fits words, as the server has it."""
    answer = page.request.get(desk.url + to("/api/v1/claims", q=q))
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()["items"][0]
    return found
