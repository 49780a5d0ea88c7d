"""What happened (Activity) and what must be told to whom (Delivery)."""
