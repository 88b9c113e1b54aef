"""The Contributors page: one's own account, and for administrators everybody's."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from tracker import accounts, language
from tracker.accounts import ROLES
from tracker.language import gettext as _
from tracker.ui import parts, show, signing

#: where the page keeps what became of the last thing that somebody did
SAID = "contributors_said"


def said() -> None:
    """What became of the last thing done."""
    kind, sentence = st.session_state.pop(SAID, (None, ""))
    if kind:
        {"success": st.success, "error": st.error}[kind](show.plain(sentence))


def own(me: Any) -> None:
    """One's own account: the public name, what the role allows, the ways out."""
    st.text_input(_("Your public name"), me.public_name, key="own_name", help=_("Shown beside whatever you do."))
    st.button(_("Change my public name"), on_click=_rename, args=(me,))
    form = _("Your role: {role}. You may change {what}.")
    st.markdown(form.format(role=language.word(me.role), what=_(ROLES[me.role])))
    signing.way_out(_("Sign out everywhere"), "/sign-out/everywhere")


def everyone(me: Any) -> list[Any]:
    """All contributors, as a table; to anybody but an administrator why not, and the page ends there."""
    try:
        found = accounts.everyone(parts.store(), by=me)
    except accounts.NotAllowed as refused:
        st.markdown(refused.reason)
        st.stop()
    columns = {
        _("Public name"): [show.plain(row.public_name) for row in found],
        _("Role"): [language.word(row.role) for row in found],
        _("Pollster"): [show.plain(parts.names("pollsters").get(row.pollster, "")) for row in found],
        _("E-mail address"): [show.plain(row.email) for row in found],
    }
    show.table(pd.DataFrame(columns), alt=_("Contributors"))
    return found


def newcomer(me: Any) -> None:
    """The fields of somebody new."""
    left, right = st.columns(2)
    told = _("Seen by administrators only, never exported.")
    email = left.text_input(_("E-mail address"), key="new_email", help=told)
    given = {"public_name": right.text_input(_("Public name"), key="new_name")} | _role("new")
    st.button(_("Add"), type="primary", on_click=_add, args=(me, email, given))


def changes(me: Any, found: list[Any]) -> None:
    """What an administrator may do about one of them."""
    left, right = st.columns(2)
    names = {row.email: row.public_name for row in found}
    email = left.selectbox(_("Contributor"), list(names), format_func=names.__getitem__, key="chosen_email")
    who = next(row for row in found if row.email == email)
    name = right.text_input(_("Public name"), who.public_name, key=f"name_{who.id}")
    given = {"public_name": name} | _role(f"role_{who.id}", who)
    with st.container(horizontal=True):
        st.button(_("Save changes"), on_click=_change, args=(me, who, given))
        linked = st.button(_("Make a sign-in link"))
        st.button(_("Sign out everywhere"), on_click=_revoke, args=(me, who))
        with st.popover(_("Remove")):
            form = _("{name} signs in no more. Drafts are deleted; what is on record stays, under that name.")
            st.markdown(form.format(name=show.plain(who.public_name)))
            st.button(_("Remove {name}").format(name=show.plain(who.public_name)), on_click=_remove, args=(me, who))
    if linked:
        _link(me, who)


def _role(key: str, who: Any = None) -> dict[str, str | None]:
    """The fields for a role and, where it has one, its pollster."""
    left, right = st.columns(2)
    roles = list(ROLES)
    at = roles.index(who.role) if who else 0
    role = left.selectbox(_("Role"), roles, at, format_func=language.word, key=f"{key}_role")
    show.note(_("May change {what}.").format(what=_(ROLES[role])))
    if role != "pollster":
        return {"role": role, "pollster": None}
    names = parts.names("pollsters")
    held = list(names).index(who.pollster) if who and who.pollster else None
    told: dict[str, Any] = {"format_func": names.__getitem__, "placeholder": _("Choose one")}
    pollster = right.selectbox(_("Pollster"), list(names), held, key=f"{key}_pollster", **told)
    return {"role": role, "pollster": pollster}


def _link(me: Any, who: Any) -> None:
    """A one-time link to hand over, in this one run of the page."""
    try:
        token = accounts.link(parts.store(), who.email, by=me)
    except accounts.AccountError as refused:
        st.error(show.plain(refused))
        return
    form = _("Hand this to {name}. It works once, within {minutes} minutes, and is shown only now:")
    st.markdown(form.format(name=show.plain(who.public_name), minutes=accounts.LINK_MINUTES))
    st.code(parts.address("/sign-in", token=token), language=None)


@parts.speaking
def _add(me: Any, email: str, given: dict[str, Any]) -> None:
    if _done(lambda: accounts.add(parts.store(), email, by=me, **given), _("Added: {name}."), given["public_name"]):
        for field in ("new_email", "new_name"):
            st.session_state[field] = ""


@parts.speaking
def _change(me: Any, who: Any, given: dict[str, Any]) -> None:
    _done(
        lambda: accounts.change(parts.store(), who.email, by=me, **given), _("Changed: {name}."), given["public_name"]
    )


@parts.speaking
def _rename(me: Any) -> None:
    name = st.session_state["own_name"]
    _done(lambda: accounts.rename(parts.store(), me, name), _("From now on what you do is shown as {name}."), name)


@parts.speaking
def _revoke(me: Any, who: Any) -> None:
    done = _("{name} is signed out everywhere, and no link made before works.")
    _done(lambda: accounts.revoke(parts.store(), who.email, by=me), done, who.public_name)


@parts.speaking
def _remove(me: Any, who: Any) -> None:
    _done(lambda: accounts.remove(parts.store(), who.email, by=me), _("Removed: {name}."), who.public_name)


def _done(do: Callable[[], None], sentence: str, name: str) -> bool:
    """Whether it could be done; the page that is drawn next says so, or why not."""
    try:
        do()
    except accounts.AccountError as refused:
        st.session_state[SAID] = ("error", str(refused))
        return False
    st.session_state[SAID] = ("success", sentence.format(name=name))
    return True
