"""Our activity, sent to the LMS and to record stores.

A job per registration and destination claims what waits (short transaction), renders
it (pure), sends it (no transaction) and settles each row with the answer. Deliveries
of one place go in order, one at a time; a newer score takes an older one's place.
"""
