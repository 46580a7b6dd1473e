"""Pulling an entity's records from another connector, or comparing them with it.

run -> walk, changes -> source -> answers       what the other connector says
-> pages  -> sync.accepting.sets            what becomes of it here, page by page
-> verdict -> removal                       what the other connector no longer has
-> report
"""
