"""The Lambda functions: each parses, makes one call into the core, and answers."""
