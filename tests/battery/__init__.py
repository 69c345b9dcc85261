"""Known defects laid on images, and the verdicts that vaereg gives on them."""
