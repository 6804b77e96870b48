"""A made-up company with a year of customers, to try the bot on; nothing in it is real."""

from sandbox.company.build import build_company
from sandbox.company.model import Company

__all__ = ["Company", "build_company"]
