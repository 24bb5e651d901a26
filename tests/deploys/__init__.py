"""The app as the stack runs it, behind a real proxy and under load, while its processes are replaced."""
