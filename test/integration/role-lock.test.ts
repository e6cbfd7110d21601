import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { roleHolder, takeRole } from "../../src/catalogue/role-lock.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const HOLD = fileURLToPath(new URL("../support/hold-role.mjs", import.meta.url));
const MAIN = fileURLToPath(new URL("../../dist/bundle/main.js", import.meta.url));
const EXAMPLE = fileURLToPath(new URL("../../examples/first-look.pcap", import.meta.url));
const NOBODY = 65_534;

/** Takes a role as another user for a moment. */
function takeAsNobody(directory: string, role: string) {
  return spawnSync("setpriv", ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups", process.execPath, HOLD, directory, role, "1"], { encoding: "utf8" });
}

// Root may write everywhere: the role is taken as somebody else.
describe.skipIf(process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).error !== undefined)("a lock file of another user", () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = temporaryDirectory();
    mkdirSync(path.join(directory, "locks"), { mode: 0o700 });
    file = path.join(directory, "locks", "serve.lock");
    writeFileSync(file, "");
    for (const one of [directory, path.join(directory, "locks")]) chownSync(one, NOBODY, NOBODY);
  });

  it.each([0o644, 0o600])("of mode %o gives no role, and says whose it is and what to do", (mode) => {
    chmodSync(file, mode);
    const { status, stderr } = takeAsNobody(directory, "serve");
    expect([status, stderr]).toEqual([1, expect.stringContaining(`the lock file ${file} belongs to uid 0, and this user (uid ${NOBODY}) may not use it; give it to the user that runs Lookback: chown ${NOBODY} ${file}`)]);
    expect(stderr).toContain("code: 'UNAVAILABLE'");
    chownSync(file, NOBODY, NOBODY);
    expect(takeAsNobody(directory, "serve")).toMatchObject({ status: 0, stdout: "held\n" });
  });

  it("is not what root leaves that takes a role in the user's directory", () => {
    for (const role of ["serve", "capture"] as const) takeRole(directory, role).release();
    expect(readdirSync(path.join(directory, "locks")).map((name) => [name, statSync(path.join(directory, "locks", name)).uid])).toEqual(["capture.lock", "capture.pid", "serve.lock", "serve.pid"].map((name) => [name, NOBODY]));
    expect(takeAsNobody(directory, "serve")).toMatchObject({ status: 0, stdout: "held\n" });
    // A role of root's own directory is root's.
    chownSync(directory, 0, 0);
    takeRole(directory, "shipper").release();
    expect(statSync(path.join(directory, "locks", "shipper.lock")).uid).toBe(0);
  });

  it("stays root's where root may give no files away, and the role is taken", () => {
    expect(spawnSync("setpriv", ["--bounding-set", "-chown", process.execPath, HOLD, directory, "capture", "1"], { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "held\n" });
    expect(statSync(path.join(directory, "locks", "capture.lock")).uid).toBe(0);
  });

  it("keeps nobody from serving when it is that of another role", () => {
    chownSync(file, NOBODY, NOBODY);
    writeFileSync(path.join(directory, "locks", "capture.lock"), "");
    expect(spawnSync("setpriv", ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups", process.execPath, MAIN, "import", EXAMPLE, "--data", directory], { encoding: "utf8", env: { PATH: process.env["PATH"] } }))
      .toMatchObject({ status: 0 });
  });

  it("is nothing that another user's look at the roles leaves behind", () => {
    expect(roleHolder(directory, "capture")).toBeNull();
    expect(readdirSync(path.join(directory, "locks"))).toEqual(["serve.lock"]);
    expect(takeAsNobody(directory, "capture").status).toBe(0);
    expect(roleHolder(directory, "capture")).toBeNull();
    expect(["capture.lock", "capture.pid"].map((name) => statSync(path.join(directory, "locks", name)).uid)).toEqual([NOBODY, NOBODY]);
  });
});

it("a role that cannot be noted is not held on", () => {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, "locks", "serve.pid.new"), { recursive: true });
  expect(() => takeRole(directory, "serve")).toThrow("EISDIR");
  expect(roleHolder(directory, "serve")).toBeNull();
});

it("a look says who holds a role", () => {
  const directory = temporaryDirectory();
  const lock = takeRole(directory, "capture");
  expect([roleHolder(directory, "capture"), roleHolder(directory, "serve")]).toEqual([{ pid: process.pid }, null]);
  lock.release();
  expect(roleHolder(directory, "capture")).toBeNull();
});
