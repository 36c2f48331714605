"""The documents of the store, one module a noun: the single schema.

Everything a declaration can say is declared (bounds, patterns, literals,
discriminated kinds), so that other enforcers can be generated from it.
"""
