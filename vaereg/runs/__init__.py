"""The run folder's form: where things lie, how they are written so that no crash tears them."""
