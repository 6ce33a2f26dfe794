"""Workbooks for equity-focused Active Contract Management: from what was agreed and what was sent to a page that people are handed."""

__version__ = "0.1.0"
