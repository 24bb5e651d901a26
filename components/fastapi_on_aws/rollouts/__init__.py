"""What the runtimes share where they see a new version through: a small function, its call, and its alarms."""
