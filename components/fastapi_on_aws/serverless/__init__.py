"""The Lambda runtime: an API block and a function block. (The package cannot be called lambda: that is a keyword.)"""
