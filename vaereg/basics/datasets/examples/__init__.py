"""Examples of other files, for trained models: read as the files of the training were."""
