import { expect, it } from "vitest";
import { printWelcome } from "../../../src/cli/welcome.js";
import { loadConfig } from "../../../src/config/config.js";

const said = (authMode: string, first = true): string => {
  const lines: string[] = [];
  const config = loadConfig({ file: null, node: "test", environment: {}, workingDirectory: "/", overrides: { authMode } });
  printWelcome({ url: "http://127.0.0.1:8005", firstAdministrator: first ? { name: "admin", password: "secret" } : null, warning: null, config }, (line) => lines.push(line));
  expect(lines.at(-1)).toBe("Ready.");
  return lines.join("\n");
};

it("the first start says how to log in, the password where passwords are taken and nowhere else", () => {
  expect(said("form")).toContain("log in as admin with password secret");
  expect(said("form", false)).not.toContain("First start");
  expect(said("form+oidc")).toContain("password secret");
  expect(said("oidc")).toMatch(/at the OpenID provider \(authMode=oidc\); make yourself one: lookback user add NAME --role administrator --login oidc/);
  expect(said("headerOnly")).toMatch(/at the proxy in front .*--login header/);
  for (const mode of ["oidc", "headerOnly"]) expect(said(mode)).not.toContain("secret");
  expect(said("oidc", false)).not.toContain("First start");
});
