"""Claim: what somebody says about opinion, with what the polls say of it before it is stored."""

from tracker.ui import entering

entering.entered(*entering.opened("claim"))
