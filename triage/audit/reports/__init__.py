"""Reports of an audit: text, JSON, JUnit and a page, all from one table of sayings."""
