"""One file a revision; they depend on nothing of the app, which will be another when they run."""
