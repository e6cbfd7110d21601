-- A number for each subject that changes with every change of it, so that a cached view knows when it is old.
CREATE TABLE revisions (
  subject TEXT PRIMARY KEY CHECK (subject IN ('segments', 'tags')),
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revisions (subject, revision) VALUES ('segments', 0), ('tags', 0);
