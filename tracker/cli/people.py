"""Commands on those who may write."""

from argparse import Namespace
from urllib.parse import quote

from tracker import accounts
from tracker.cli.opening import Wrong, migrated, say, settings, store
from tracker.language import gettext as _


def add(arguments: Namespace) -> None:
    """Let somebody write; a store that is not there yet is made."""
    accounts.add(migrated(arguments), arguments.email, arguments.name, arguments.role, arguments.pollster)
    say(_("Added. `tracker login {email}` prints a link to sign in with.").format(email=arguments.email))


def change(arguments: Namespace) -> None:
    """Give a contributor another public name, role or pollster."""
    given = (arguments.name, arguments.role, arguments.pollster)
    if given == (None, None, None):
        raise Wrong(_("nothing to change: give --name, --role or --pollster"))
    accounts.change(store(arguments), arguments.email, *given)
    say(_("Changed."))


def show(arguments: Namespace) -> None:
    """One contributor a line, tab between: address, role, pollster, public name."""
    for who in accounts.everyone(store(arguments)):
        print(who.email, who.role, who.pollster or "", who.public_name, sep="\t")


def remove(arguments: Namespace) -> None:
    """Let somebody write no more."""
    accounts.remove(store(arguments), arguments.email)
    say(_("Removed, and signed out everywhere."))


def login(arguments: Namespace) -> None:
    """Print a link that signs somebody in once; or sign them out everywhere."""
    if arguments.revoke:
        accounts.revoke(store(arguments), arguments.email)
        say(_("Signed out everywhere; no link made before works."))
        return
    token = accounts.link(store(arguments), arguments.email)
    say(_("Valid once, for {minutes} minutes:").format(minutes=accounts.LINK_MINUTES))
    print(address(settings(arguments).public_url, token))


def address(site: str, token: str) -> str:
    """The page where a one-time token is used."""
    return f"{site}/sign-in?token={quote(token)}"
