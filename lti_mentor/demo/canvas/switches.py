"""What nobody has seen a real Canvas do, or versions do differently; each a switch.

A name goes into `faults.set(name=bool)`; what it means when nobody set it is here.
"""

DEFAULTS: dict[str, bool] = {
    "canvas_throttles_with_429": False,
    # Canvas docs of 2026 say 429, app/middleware/request_throttle.rb says 403.
    "canvas_needs_user_agent": True,
    # Enforced in production since January 2026 (Canvas community announcement).
    "canvas_bookmark_pages": False,
    # `page=bookmark:...` instead of `page=2`; both exist (Canvas pagination docs).
    "canvas_names_last_page": True,
    # `rel="last"` may be missing (Canvas pagination docs).
    "canvas_lower_case_headers": False,
    # Hosted Canvas sends lower-case header names since June 2024.
    "canvas_caps_pages_at_100": True,
    # 100 is what people see; 50 was the default in the source.
    "canvas_refuses_framed_oauth": True,
    # Guess: the OAuth2 page cannot be shown in a frame.
    "canvas_rejects_any_ungranted_scope": True,
    # Guess: one scope too many refuses the whole token; otherwise it is left out.
    "canvas_bulk_progress_says_why": True,
    # Guess: bulk_user_progress answers 400 as its per-user sister does.
    "canvas_invalid_progress_is_422": True,
    # Guess: an unknown activityProgress fails validation as 422, otherwise 400.
    "canvas_registration_tells_deployment": True,
    # A capture of 2026 shows deployment_id; docs and the code of 2023 do not.
    "canvas_placements_are_urls": True,
    # A capture of 2026 lists placements as full URLs, the docs as bare names.
    "canvas_deep_link_makes_columns": True,
    # Self-hosted Canvas honours lineItem only behind feature flags.
    "canvas_mentor_scope_is_legacy": False,
    # Older versions put the 40-hex id into role_scope_mentor.
    "canvas_storage_in_parent": False,
    # lti_storage_target is _parent where the site flag is off.
    "canvas_storage_answers": True,
    # The mobile apps name a storage target that never answers.
    "canvas_analytics": False,
    # Guess: student_summaries is 404 without the analytics plugin.
    "canvas_hides_totals": False,
    # A course may hide totals: enrolments then carry no `grades`.
    "canvas_custom_values_are_strings": False,
    # Docs of 2026 say strings; older samples show numbers for ids.
    "canvas_loses_answers": False,
    # A write is done, yet the client sees a 500 (for retries without duplicates).
    "canvas_launches_without_people": False,
    # A public course launches without a person.
}
"""Switch -> what holds when nobody set it."""
