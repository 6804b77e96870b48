"""The list of mutants, each with the tests that detect it; it holds no source text."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.checks.mutating import Kind

# Servers and real time would make a selection slow.
LEFT_OUT = "not postgresql and not socket"


@dataclass(frozen=True)
class Mutant:
    """A change of one node, and the tests that fail with it: all of a file, or the named ones."""

    module: str
    function: str
    kind: Kind
    index: int
    tests: str
    only: Sequence[str] = ()

    @property
    def selection(self) -> tuple[str, str]:
        """Return the file and the expression that pytest selects by."""
        names = " or ".join(self.only)
        return self.tests, f"({names}) and {LEFT_OUT}" if names else LEFT_OUT


MUTANTS = (
    Mutant(
        "bot/domain/nudges/rules.py",
        "is_question_due",
        Kind.BOUNDARY,
        0,
        "tests/domain/nudges/test_nudges.py",
    ),
    Mutant(
        "bot/domain/visits/caps.py",
        "find_exceeded_cap",
        Kind.BOUNDARY,
        1,
        "tests/domain/visits/test_caps.py",
    ),
    Mutant(
        "bot/domain/suggestions/rules.py",
        "_is_trigger_open",
        Kind.SWAPPED,
        2,
        "tests/operations/suggestions/test_weighing.py",
        ("test_a_visit_takes_an_opening_up",),
    ),
    Mutant(
        "bot/domain/contacts/flags.py",
        "_may_notify",
        Kind.BOUNDARY,
        0,
        "tests/domain/contacts/test_flags.py",
    ),
    Mutant(
        "bot/domain/contacts/traits.py",
        "_count_support_calls",
        Kind.AND_OR,
        0,
        "tests/domain/contacts/test_traits.py",
    ),
    Mutant(
        "bot/domain/surveys/nps.py",
        "tally_scores",
        Kind.BOUNDARY,
        1,
        "tests/domain/surveys/test_scores.py",
    ),
    Mutant(
        "bot/domain/suggestions/coverage.py",
        "Skew.shortfall",
        Kind.CONSTANT,
        0,
        "tests/domain/suggestions/test_coverage.py",
    ),
    Mutant(
        "bot/domain/workarounds.py",
        "find_notice_pairs",
        Kind.NEGATED,
        2,
        "tests/domain/test_workarounds.py",
    ),
    Mutant(
        "bot/domain/visits/prompts.py",
        "awaits_debrief",
        Kind.BOUNDARY,
        0,
        "tests/domain/visits/test_prompts.py",
    ),
    Mutant(
        "bot/operations/debriefs/promises.py",
        "postpone",
        Kind.AND_OR,
        0,
        "tests/end_to_end/debriefs/test_promises.py",
        ("test_a_week_more_pressed_twice_is_one_week",),
    ),
    Mutant(
        "bot/operations/debriefs/recording.py",
        "_update_sharing",
        Kind.SWAPPED,
        2,
        "tests/end_to_end/debriefs/test_changing.py",
        ("test_a_story_that_is_shared_a_month_later_is_new_to_the_next_digest",),
    ),
    Mutant(
        "bot/operations/nudges/scheduling.py",
        "_enqueue_batch",
        Kind.DROPPED,
        3,
        "tests/operations/nudges/test_nudges.py",
        ("test_a_nudge_and_its_follow_up_come_once_each_and_then_there_is_silence",),
    ),
    Mutant(
        "bot/operations/calendars/feeds.py",
        "_save_failure",
        Kind.AND_OR,
        1,
        "tests/operations/test_calendars.py",
        ("test_a_server_that_stumbles_is_told_of_after_a_day_only",),
    ),
    Mutant(
        "bot/operations/surveys/links.py",
        "_may_copy",
        Kind.AND_OR,
        0,
        "tests/operations/test_surveys.py",
        ("test_another_pm_does_not_get_the_link",),
    ),
    Mutant(
        "bot/operations/imports/files.py",
        "run",
        Kind.NEGATED,
        0,
        "tests/operations/imports/test_imports.py",
        ("test_a_dry_run_tells_the_same_and_keeps_nothing",),
    ),
    Mutant(
        "bot/operations/doctor/audit.py",
        "_find_overdue",
        Kind.AND_OR,
        0,
        "tests/operations/doctor/test_audit.py",
        ("test_in_a_workspace_that_slack_no_longer_knows_waiting_is_no_alarm",),
    ),
    Mutant(
        "bot/operations/outbox/leases.py",
        "_select_within_budget",
        Kind.AND_OR,
        1,
        "tests/operations/outbox/test_leases.py",
        ("test_two_messages_to_one_place_go_a_second_apart",),
    ),
    Mutant(
        "bot/db/outbox/queries.py",
        "_due_conditions",
        Kind.SWAPPED,
        3,
        "tests/operations/outbox/test_delivery.py",
        (
            "test_what_one_process_holds_another_leaves_alone",
            "test_what_a_dead_process_left_is_sent_once_its_lease_is_over",
        ),
    ),
    Mutant(
        "bot/db/inbox.py",
        "claim",
        Kind.BOUNDARY,
        1,
        "tests/requests/test_inbox.py",
        ("test_what_fails_again_and_again_is_given_up_and_reported",),
    ),
    Mutant(
        "bot/views/debriefs/form.py",
        "parse_draft",
        Kind.AND_OR,
        0,
        "tests/views/test_debrief_forms.py",
    ),
    Mutant(
        "handlers/dispatcher.py",
        "Dispatcher._deduplicate",
        Kind.NEGATED,
        1,
        "tests/requests/test_inbox.py",
        ("test_an_event_that_came_again_is_worked_on_once",),
    ),
    Mutant(
        "bot/platform/request_guard.py",
        "check_signature",
        Kind.AND_OR,
        3,
        "tests/requests/test_signatures.py",
        ("test_nothing_of_another_time_is_looked_at_either",),
    ),
    Mutant(
        "sandbox/limits/messages.py",
        "_too_much_text",
        Kind.BOUNDARY,
        0,
        "tests/sandbox/limits/test_lengths.py",
    ),
)
