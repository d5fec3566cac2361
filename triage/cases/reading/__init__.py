"""Read what holds cases: streams, files and folders become raw cases, each with its place."""
