"""The answers: everything that the API tells.

Start with `holders`: the one rule of who certainly and who possibly held an address. `history`,
`lookups` and `lists` ask it about windows, many questions and whole maps. `verdict` turns an
answer and the coverage into one word. `current` lists what lives now, `past` what lived then.
"""
