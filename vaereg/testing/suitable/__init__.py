"""What suits a component under test: the parts beside it, and the shapes that it takes."""
