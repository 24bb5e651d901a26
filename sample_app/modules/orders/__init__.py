"""Who bought what, at which price. No other module calls it, so it has no public.py."""
