import { expect, it } from "vitest";
import { LOCAL_OWNER } from "../../../src/access/local-owner.js";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { LiveOperations } from "../../../src/http/live-operations.js";

it("go on while it cannot be looked up whether their logins hold, which is logged once, and end when it can", () => {
  const logged: string[] = [];
  let [holds, isLocked] = [true, false];
  let look = (): void => {};
  const live = new LiveOperations({
    stillHolds: () => {
      if (isLocked) throw new LookbackError("UNAVAILABLE", "the catalogue is locked");
      return holds;
    },
    onChange: (listener) => {
      look = listener;
      return () => true;
    },
  }, { ...silentLogger, error: (_fields, message) => { logged.push(message); } });
  const { signal } = live.begin({ user: LOCAL_OWNER, method: "cookie", credentialHash: "", scopes: null });
  [isLocked, holds] = [true, false];
  look();
  look();
  expect([signal.aborted, logged.length]).toEqual([false, 1]);
  isLocked = false;
  look();
  expect([signal.aborted, logged.length]).toEqual([true, 1]);
  live.stop();
});
