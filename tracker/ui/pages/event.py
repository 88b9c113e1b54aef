"""Event: what happened, with its place beside opinion before it is stored."""

from tracker.ui import entering

entering.entered(*entering.opened("event"))
