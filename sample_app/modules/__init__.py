"""The parts of the shop. Each owns its path prefix and its tables; the others see only its `public`."""
