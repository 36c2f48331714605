"""Which document calls which function: what the cloud deploys and the gateway registers."""

TRIGGERS = {
    "rescore": "assignments/{assignment}/entries/{entry}",
    "rescore_general": "appraisals/{appraisal}",
    "rescore_record": "officials/{official}",
    "rescore_measured": "measurements/{measurement}",
    "complete_card": "scorecards/{scorecard}",
    "schedule_close": "periods/{period}",
    "mirror_claims": "officials/{official}",
    "route_appeal": "appeals/{appeal}",
    "trace_correction": "results/{period}/corrections/{correction}",
}
"""Entry point → pattern of the documents that trigger it."""

ON_CREATION = frozenset({"complete_card", "trace_correction"})
"""Those triggered only by a document that is new."""

CALLED = [
    "assign",
    "progress",
    "period",
    "import_cases",
    "export",
    "schemes",
    "decide",
    "quota",
    "people",
    "catalogue",
    "forms",
    "simulate",
    "appeal",
    "correct",
    "explain",
    "personal_data",
    "erase",
]
"""Entry points that people and other systems call."""

TASKS = ["close", "compile_unit", "finalize", "follow", "remind", "remind_unit"]
"""Entry points that Cloud Tasks calls, and Cloud Scheduler `remind`."""
