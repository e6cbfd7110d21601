import { ALL_RIGHTS } from "./rights.js";
import type { User } from "./user.js";

/**
 * Whoever may read and write the data directory itself, at the command line of the same machine: an administrator without
 * a password. The name is none that a user can have, so no login and no token of a user is ever taken for it.
 */
export const LOCAL_OWNER: User = {
  name: "(local)", role: "administrator", rights: ALL_RIGHTS, loginBy: "password", passwordHash: "", enabled: true, forcedExpression: "", hiddenFields: [],
  maxAgeHours: null, createdMs: 0, rightsChangedMs: 0, lastLoginMs: null,
};
