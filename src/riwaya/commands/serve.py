"""The commands that open the desk, and say who may come in."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riwaya import console

if TYPE_CHECKING:
    from riwaya.web.house import House
    from riwaya.web.settings import Settings
    from riwaya.web.state import State

DEFAULT_LEDGER = "riwaya.sqlite"
PORT = 8420
Where = Annotated[
    str, typer.Option("--ledger", envvar="RIWAYA_LEDGER", help="The ledger: a file or address.")
]
StateFile = Annotated[
    Path | None, typer.Option("--state", help="The desk's own file: accounts, sessions, log of acts.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")]

users = typer.Typer(no_args_is_help=True, help="Say who may come in to a desk that others can reach.")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(serve)
    app.add_typer(users, name="users")


def serve(
    ledger: Where = DEFAULT_LEDGER,
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this computer's need accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes any that is free.", min=0, max=65535)] = PORT,
    open: Annotated[bool, typer.Option("--open", help="Open the browser.")] = False,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="Only those with an account may come in.")
    ] = False,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="A proxy in front says who asks; it must be the only way in."),
    ] = False,
    proxy_header: Annotated[str, typer.Option(help="The header in which it says so.")] = "X-Forwarded-User",
    proxy_role: Annotated[str, typer.Option(help="What those it lets through may do.")] = "reviewer",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name the desk answers to; may be given more than once.")
    ] = None,
    https: Annotated[
        bool, typer.Option("--https", help="It is reached by https: cookies are for that only.")
    ] = False,
    state: StateFile = None,
    author: Annotated[
        str, typer.Option(help="Who decides at this computer; your login name by default.")
    ] = "",
    tiles: Annotated[str, typer.Option(help="An online map to lie below: {z}/{x}/{y} or .pmtiles.")] = "",
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Pages may be added by their address: the desk goes online.")
    ] = False,
    largest: Annotated[int, typer.Option(help="The largest file that may be added, in MiB.", min=1)] = 64,
    reader: Annotated[
        str, typer.Option("--reader", help="Which reader; the first of the list by default.")
    ] = "",
    json: Json = False,
) -> None:
    """Open the desk in the browser: map, timeline, evidence and review over a ledger."""
    from riwaya.web.settings import LOOPBACK_NAMES, MIB, Settings

    mode = mode_of(host, accounts=accounts, behind_proxy=behind_proxy)
    names = {name.lower() for name in allow_host or ()}
    if mode == "local":
        names |= LOOPBACK_NAMES | {host.strip("[]").lower()}
    if mode == "proxy" and not names:  # or a page elsewhere could be led here under its own name
        raise typer.BadParameter("say by which name the proxy asks", param_hint="--allow-host")
    if proxy_role not in ("reader", "reviewer", "admin"):
        raise typer.BadParameter(
            f"{proxy_role!r} is not reader, reviewer or admin", param_hint="--proxy-role"
        )
    if tiles and not tiles.startswith(("https://", "http://", "/")):
        raise typer.BadParameter(f"{tiles!r} is no address", param_hint="--tiles")
    settings = Settings(
        mode=mode,
        hosts=frozenset(names),
        state=state or state_of(ledger),
        author=author,
        proxy_header=proxy_header.lower(),
        proxy_role=proxy_role,
        tiles=tiles,
        fetch=fetch,
        secure=https,
        largest_upload=largest * MIB,
    )
    run(made(ledger, settings, reader), host, port, open_browser=open, json=json)


def open_on(ledger: str) -> None:
    """Open a desk on a ledger in the browser, on any free port, until somebody ends it."""
    from riwaya.web.settings import Settings

    run(made(ledger, Settings(state=state_of(ledger))), "127.0.0.1", 0, open_browser=True, json=False)


def mode_of(host: str, *, accounts: bool, behind_proxy: bool) -> str:
    """Who may come in; refused where it would be everybody."""
    from riwaya.web.settings import ACCOUNTS, LOCAL, PROXY, is_loopback

    if accounts and behind_proxy:
        raise typer.BadParameter("either accounts or a proxy says who asks", param_hint="--behind-proxy")
    if accounts:
        return ACCOUNTS
    if behind_proxy:
        return PROXY
    if not is_loopback(host):
        raise typer.BadParameter(
            f"{host} can be reached by others: add --accounts (and `riwaya users add`), or --behind-proxy",
            param_hint="--host",
        )
    return LOCAL


def state_of(ledger: str) -> Path:
    """Where the desk's own file lies: beside the ledger, or here where that is on a server."""
    path = ledger.removeprefix("sqlite:///")
    return Path("riwaya-desk.sqlite") if "://" in path else Path(f"{path}.desk")


def made(ledger: str, settings: Settings, reader: str = "") -> House:
    """Everything a desk is made of."""
    from riwaya.commands.options import reader_named
    from riwaya.ledger import open_ledger
    from riwaya.packs.pack import load_packs
    from riwaya.web.house import House
    from riwaya.web.settings import ACCOUNTS

    opened = open_ledger(ledger)
    state = state_at(settings.state)
    if settings.mode == ACCOUNTS and not state.users():
        opened.close()
        raise typer.BadParameter("nobody has an account yet: riwaya users add NAME", param_hint="--accounts")
    return House(opened, load_packs(), reader_named(reader), settings, state, ledger)


def state_at(path: Path | None) -> State:
    """The desk's own file; in memory where it cannot be written, as beside an archive."""
    import sqlite3

    from riwaya.web.state import State

    try:
        return State(path)
    except (sqlite3.OperationalError, OSError):
        console.say(f"{path} cannot be written: sessions and the log of acts last until the desk is closed")
        return State(None)


def run(house: House, host: str, port: int, *, open_browser: bool, json: bool) -> None:
    """Serve until somebody ends it."""
    import socket

    import uvicorn

    from riwaya.web import page
    from riwaya.web.app import create_app
    from riwaya.web.settings import PROXY

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
    except OSError as error:
        house.close()
        raise typer.BadParameter(f"{host}:{port}: {error.strerror or error}", param_hint="--port") from None
    listening.listen(128)  # who reads the address below may ask at once
    bound = listening.getsockname()[1]
    url = f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{bound}/"
    if json:
        print(
            console.dump({"url": url, "mode": house.settings.mode, "ledger": house.ledger.where}), flush=True
        )
    else:
        print(f"{house.ledger.where}: {url} (Ctrl+C ends it)", flush=True)
    if not page.there(house.settings.assets):
        console.say(page.HOW)
    warm(house)
    if open_browser:
        later(url)
    config = uvicorn.Config(
        create_app(house),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=house.settings.mode == PROXY,
        timeout_graceful_shutdown=5,
    )
    with closing(listening):
        uvicorn.Server(config).run(sockets=[listening])


def warm(house: House) -> None:
    """Have what the first page asks for ready before somebody asks."""
    from threading import Thread

    from riwaya.questions import maps

    def working() -> None:
        try:
            maps.days(house.now(), None)
        except Exception as error:  # the first question says it again, to somebody who can read it
            console.say(f"the map is not ready: {error}")

    Thread(target=working, name="riwaya-warm", daemon=True).start()


def later(url: str) -> None:
    """Open the browser once somebody answers."""
    import webbrowser
    from threading import Timer

    timer = Timer(1.0, lambda: webbrowser.open(url))
    timer.daemon = True
    timer.start()


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Who.")],
    role: Annotated[str, typer.Option(help="reader, reviewer or admin.")] = "reviewer",
    ledger: Where = DEFAULT_LEDGER,
    state: StateFile = None,
) -> None:
    """Make an account; the password is asked for, or read from a pipe."""
    changing(ledger, state, lambda kept: kept.add_user(name, password_twice(), role))


@users.command("passwd")
def change_password(
    name: Annotated[str, typer.Argument(help="Whose.")],
    ledger: Where = DEFAULT_LEDGER,
    state: StateFile = None,
) -> None:
    """Give an account another password; whoever is signed in with it is signed out."""
    changing(ledger, state, lambda kept: kept.change_user(name, password=password_twice()))


@users.command("role")
def change_role(
    name: Annotated[str, typer.Argument(help="Whose.")],
    role: Annotated[str, typer.Argument(help="reader, reviewer or admin.")],
    ledger: Where = DEFAULT_LEDGER,
    state: StateFile = None,
) -> None:
    """Give an account another role."""
    changing(ledger, state, lambda kept: kept.change_user(name, role=role))


@users.command("remove")
def remove_user(
    name: Annotated[str, typer.Argument(help="Who.")], ledger: Where = DEFAULT_LEDGER, state: StateFile = None
) -> None:
    """Take an account away; what it decided stays under its name."""
    changing(ledger, state, lambda kept: kept.remove_user(name))


@users.command("list")
def list_users(ledger: Where = DEFAULT_LEDGER, state: StateFile = None, json: Json = False) -> None:
    """List accounts."""
    from riwaya.web.state import State

    with closing(State(state or state_of(ledger))) as kept:
        found = kept.users()
    if json:
        for user in found:
            print(console.dump(user.to_json()))
        return
    columns = (("name", 3), ("role", 2), ("made", 3), ("last seen", 3))
    console.print_rows(
        columns, ((one.name, one.role, one.created_at[:19], (one.last_seen or "")[:19]) for one in found)
    )


def changing(ledger: str, state: Path | None, change: object) -> None:
    """Change accounts; what is wrong is said in one line."""
    from riwaya.web.state import AccountError, State

    with closing(State(state or state_of(ledger))) as kept:
        try:
            change(kept)  # type: ignore[operator]
        except AccountError as error:
            raise typer.BadParameter(str(error)) from None


def password_twice() -> str:
    """A password: asked twice at a terminal, one line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
