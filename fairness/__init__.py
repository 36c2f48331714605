"""Is the evaluation fair: what raters and deadlines do to it, told with how sure that is.

Plain rows in, measures and findings out. Floats are fine here: no score comes from
it. `reader` gathers the rows from the store; everything else knows none.
"""
