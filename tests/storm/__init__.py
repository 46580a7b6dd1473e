"""Long and seeded faults, one function each: `python -m tests.storm [NAME...] [--seed SEED] [--minutes N]`.

Every case has a load written while something is broken, and ends with the comparison of `tests.acceptance.checker`.
They run against a stack with the hostile application; a case that leaves it ill costs the next one a fresh stack.
"""
