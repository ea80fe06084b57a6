"""The commands: one module each, with a function of the module's name and its examples."""
