"""Papers: what is signed and filed, its content pure, and how it is set as PDF and XLSX."""
