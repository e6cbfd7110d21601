-- What one user may do within the role, and how the user logs in.
-- JSON object of rights under Arkime's names; a right that is not in it is as the role has it.
ALTER TABLE users ADD COLUMN rights TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN login_by TEXT NOT NULL DEFAULT 'password' CHECK (login_by IN ('password', 'oidc', 'header'));
ALTER TABLE users ADD COLUMN rights_changed_at INTEGER NOT NULL DEFAULT 0;

-- JSON list of what a token may be used for. Tokens made before had everything that their user had.
ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '["read","tag","export","operate","admin"]';
