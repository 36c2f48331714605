"""Entry points, one a folder: authenticate → decode → one use case → reply or retry."""
