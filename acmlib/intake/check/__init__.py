"""What somebody should look at in what was sent, and in what people wrote beside it."""
