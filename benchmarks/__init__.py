"""The connector beside its peers, in one run: `make bench`.

    __main__ -> run -> works/* -> rounds -> load, ours, theirs
                    -> results

A work (`works/`) is what is measured, a peer (`peers/`) is what others would write for it. README.md says how fairly.
"""
