"""Durable work: the table is the truth, whoever carries it off.

`service.enqueue` writes a row in your own transaction; after the commit `notify`
tells whoever listens. A worker leases the row, runs the handler of its kind with no
transaction open, and settles it. A worker that dies loses its lease, not the job.
"""
