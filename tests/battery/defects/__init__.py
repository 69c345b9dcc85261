"""The known defects: what each does to images, and which question must answer it."""
