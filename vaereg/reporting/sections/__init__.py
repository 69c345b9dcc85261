"""The sections of the page: each makes its content from the runs, and is None without any."""
