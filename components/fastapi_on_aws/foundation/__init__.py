"""What survives a change of architecture: network, images, data."""
