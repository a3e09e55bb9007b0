"""A browser, for tests that look at the report's page."""

from browser import browser, page

__all__ = ["browser", "page"]
