"""What the system does, one verb a module; entry points make one call each."""
