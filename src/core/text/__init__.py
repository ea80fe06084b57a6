"""The texts: instants, IP addresses and ARNs, each read once, at the edge, into a type of its own.

Start with `instant`: every time in this service is a whole number of milliseconds since 1970.
Nothing here knows what a task is.
"""
