"""Reports of an audit: text, JSON, JUnit XML and an HTML page."""
