"""What Slack refuses in blocks, messages, views, option lists and metadata: a pure validator."""

from sandbox.limits.messages import check_blocks, check_message, check_metadata, check_payload
from sandbox.limits.problems import Problem
from sandbox.limits.views import check_options, check_view

__all__ = [
    "Problem",
    "check_blocks",
    "check_message",
    "check_metadata",
    "check_options",
    "check_payload",
    "check_view",
]
