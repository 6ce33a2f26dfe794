"""What may be shown: one decision for all reports of an edition, audited."""
