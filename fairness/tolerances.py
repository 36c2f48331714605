"""From where on a difference matters: stated here, shown in the report, nowhere else.

None of them is law. A finding needs both: a difference of at least this size, and
so little chance that it came about by itself.
"""

ALPHA = 0.05
"""Over the whole report (Holm): one report in twenty may name anybody without a reason."""
LENIENT = 0.05
"""A rater's mean differs from what peers would give the same work, of the whole scale."""
NARROW = 1 / 3
"""A rater's scores spread less than this part of the peers' spread."""
HALF = 0.5
"""Copied or full scores in more than half of the appraisals."""
FULL = 0.999
FLAT = 0.9
"""More than nine in ten have everything of the 70."""
STEP = 1 / 60
"""Scores in half points of 30: what looks the same may differ by as much."""
BANDS = (50.0, 70.0, 90.0)
ABOVE, BELOW = 1.0, 3.0
"""Points above and below a threshold: a quarter of the totals between them lie above it."""
CROWDED = 1 / 3
"""Or the share that other raters have there, where that is more; of all together, half."""
RESCUED = 0.2
"""More than a fifth of overdue work had its deadline moved afterwards."""
APART = 0.2
"""A share lies a fifth of the whole above that of the others."""
LAST_DAYS = 3
BUSY = 100
"""Entries of one person in one month: five on a working day."""
