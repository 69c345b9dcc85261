"""What one step of training minimises: the terms, and the loss of each player."""
