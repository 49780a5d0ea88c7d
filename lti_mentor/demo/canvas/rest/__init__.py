"""The REST API, `/api/v1`: what an institution's token may read and write."""
