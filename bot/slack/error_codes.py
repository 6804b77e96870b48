"""What Slack's error codes mean for a message (slack-facts, section 4)."""

# Slack may have acted, or will act later (`ratelimited` and 5xx among them).
TRANSIENT = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
        "external_channel_migrating",
        "update_failed",
        "message_limit_exceeded",
    }
)
# Slack, or a proxy before it, has rejected the call: certainly nothing was done. A 5xx may ask us
# to wait too, without that certainty.
RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "http_429"})
# The workspace no longer knows us: nothing goes through until the app is installed again.
HALTING = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "team_access_not_granted",
        "access_denied",
    }
)
# The app lacks something for one method; the others continue to work.
MISSING_SCOPE = frozenset({"missing_scope", "not_allowed_token_type"})
# The user can no longer be written to.
UNREACHABLE_USER = frozenset({"user_disabled", "user_not_found", "user_not_visible", "is_inactive"})
# A channel that we can no longer post to.
UNWRITABLE_CHANNEL = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "no_permission",
        "ekm_access_denied",
    }
)
# Slack rejected how a message is built: it may accept a plainer one.
INVALID_PAYLOAD = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "invalid_arguments",
        "markdown_text_conflict",
    }
)
# A message of ours that can no longer be edited, or no longer exists.
UNEDITABLE_MESSAGE = frozenset(
    {"message_not_found", "channel_not_found", "cant_update_message", "edit_window_closed"}
)
