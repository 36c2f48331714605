"""Scoring: entry → fold → contribution → scorecard → result.

Pure and exact: the standard library and the models only; no clock, no I/O, no
floats. Amounts are integers in a named unit; quotients are fractions, rounded
once by the one written rule.
"""
