import { scrypt } from "node:crypto";
import { expect, test, vi } from "vitest";
import { AccessService } from "../../../src/access/access-service.js";
import { MemoryAccessRecords } from "../../../src/access/memory-records.js";

vi.mock("node:crypto", async (original) => {
  const real = await original<typeof import("node:crypto")>();
  return { ...real, scrypt: vi.fn(real.scrypt) };
});

test("a login costs one hash of the same size whether the user is unknown, disabled, without a password here, or the password is wrong", async () => {
  const records = new MemoryAccessRecords();
  const access = new AccessService(records, { nowMs: () => 1_800_000_000_000 });
  const ana = await access.putUser({ name: "ana", password: "a long password", role: "viewer" });
  records.putUser({ ...ana, name: "off", enabled: false });
  await access.putUser({ name: "elsewhere", password: null, role: "viewer", loginBy: "oidc" });
  const asked = vi.mocked(scrypt);
  const costs: unknown[] = [];
  for (const [name, password] of [["ana", "wrong password"], ["nobody", "wrong password"], ["off", "a long password"], ["elsewhere", ""], ["nobody", "x".repeat(100_000)]] as const) {
    asked.mockClear();
    await expect(access.login(name, password, "here"), name).rejects.toMatchObject({ code: "LOGIN_FAILED", message: "user name or password is wrong" });
    costs.push(asked.mock.calls.map(([, salt, length, options]) => [(salt as Buffer).length, length, options]));
  }
  expect(costs[0]).toEqual([[16, 32, expect.objectContaining({ N: 32_768, r: 8, p: 1 })]]);
  for (const cost of costs) expect(cost).toEqual(costs[0]);
});
