"""Platform: code that no feature's reader has to open."""
