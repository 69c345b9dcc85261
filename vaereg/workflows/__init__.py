"""What a command does, without arguments to parse or text to print."""
