-- The log of this back end is a file with a schema of its own; the step keeps the numbers of both back ends the same.

PRAGMA user_version = 7;
