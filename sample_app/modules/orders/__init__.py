"""Who bought what, at which price."""
