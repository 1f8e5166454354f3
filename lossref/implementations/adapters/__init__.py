"""One file a library; the folder is the list."""
