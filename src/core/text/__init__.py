"""Value types parsed from text: instants, IP addresses and ARNs.

Start with `instant`: every time in this service is a whole number of milliseconds since 1970.
Nothing here knows about records.
"""
