"""Moodle's web services: /webservice/rest/server.php."""
