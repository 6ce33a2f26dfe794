"""Files as they were sent: their form, their columns, the types of these."""
