"""The answers about addresses, tasks, services and subnets.

Start with `holders`: the one rule of who certainly, and who possibly, held an address. `candidates`
finds the records that can matter to a question, without reading the whole past of an address.

- `questions` applies the rule to one question, `lookups` to many at once, `history` to a window,
  page by page, `lists` to all addresses.
- `verdict` sums up an answer and the coverage in one word.
- `current` lists the live tasks, `past` the tasks that existed at an instant or in a window,
  `service_history` those of a service.
- `targets` lists what Prometheus should scrape, `subnets` how full each subnet is.
- `cursor` encodes where a paged list continues.
"""
