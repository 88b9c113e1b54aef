"""A public-opinion poll tracker: polls, what is claimed about them, and what the polls say."""
