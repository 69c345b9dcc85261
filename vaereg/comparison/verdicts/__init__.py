"""From effects to better, worse, equivalent or undecided, with vetoes and causes."""
