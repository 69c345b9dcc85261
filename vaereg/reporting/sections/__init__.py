"""The sections of the page, each built from the runs; None if there is nothing to show."""
