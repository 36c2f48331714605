"""The operator's command `roviec`; see `roviec --help`."""
