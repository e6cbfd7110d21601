import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../support/temporary-directory.js";

/** A tree with the build's own scripts, and with programs that write down how they are called. */
let directory = "";
let programs = "";

const SQLITE = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";
const CAP = "node_modules/cap/build/Release/cap.node";
const BUILT = path.resolve(SQLITE);

/** A program of a name, as lines of a shell script. */
function program(where: string, name: string, ...lines: readonly string[]): void {
  mkdirSync(where, { recursive: true });
  writeFileSync(path.join(where, name), `#!/bin/sh\n${lines.join("\n")}\n`);
  chmodSync(path.join(where, name), 0o755);
}

const put = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  writeFileSync(path.join(directory, file), text);
};

/** Runs a script of the build that throws what one line explains, with the programs of the test and no others. */
function build(script: string, environment: Readonly<Record<string, string>> = {}): { readonly code: number | null; readonly error: string } {
  const text = `import { orOneLine } from "./ops/build.mjs"; import * as native from "./ops/build/native.mjs"; import * as packages from "./ops/build/packages.mjs"; import { run } from "./ops/build/step.mjs"; orOneLine(() => { ${script} });`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", text], { cwd: directory, env: { PATH: programs, HOME: path.join(directory, "home"), ...environment }, encoding: "utf8" });
  return { code: status, error: stderr };
}

const calls = (): readonly string[] => (existsSync(path.join(directory, "calls")) ? readFileSync(path.join(directory, "calls"), "utf8").trim().split("\n") : []);

beforeEach(() => {
  directory = temporaryDirectory();
  programs = path.join(directory, "programs");
  cpSync("ops/build", path.join(directory, "ops/build"), { recursive: true });
  copyFileSync("ops/build.mjs", path.join(directory, "ops/build.mjs"));
});

describe("packages", () => {
  const LOCK = JSON.stringify({ packages: { "": {}, "node_modules/better-sqlite3": { version: "1.0.0" } } });
  /** npm that compiles, which is to copy what is compiled for this Node. */
  const COMPILING = [`echo "$@" >> calls`, `case "$*" in "rebuild cap") to=${CAP};; *) to=${SQLITE};; esac`, `/bin/mkdir -p "\${to%/*}" && /bin/cp ${BUILT} "$to"`];
  const install = (environment: Readonly<Record<string, string>> = {}) => build("packages.installPackages();", environment);

  beforeEach(() => {
    for (const name of ["cc", "make", "g++", "python3"]) program(programs, name, "exit 0");
    program(programs, "apt-get", "exit 1");
    program(programs, "npm", ...COMPILING);
    put("package-lock.json", LOCK);
    put("node_modules/.package-lock.json", LOCK);
    put("node_modules/cap/package.json", "{}");
    for (const part of [SQLITE, CAP]) {
      put(part, "");
      copyFileSync(BUILT, path.join(directory, part));
    }
  });

  it("that this Node loads are left as they are, and are not tried again", () => {
    expect([install(), calls()]).toEqual([{ code: 0, error: "" }, []]);
    const stamps = path.join(directory, "node_modules/.cache/lookback");
    expect([existsSync(path.join(stamps, "better_sqlite3.node.stamp")), existsSync(path.join(stamps, "cap.node.stamp"))]).toEqual([true, true]);
  });

  it("that are compiled for another Node are compiled again, each by itself", () => {
    for (const part of [SQLITE, CAP]) put(part, "for another Node");
    expect(install()).toEqual({ code: 0, error: "build: building the package cap\n" });
    expect(calls()).toEqual(["rebuild cap", "rebuild better-sqlite3"]);
    expect([install(), calls().length]).toEqual([{ code: 0, error: "" }, 2]);
  });

  it("are installed with the tools of the build, whatever npm is set to leave out", () => {
    put("node_modules/.package-lock.json", JSON.stringify({ packages: {} }));
    expect(install({ NODE_ENV: "production", npm_config_omit: "dev" }).code).toBe(0);
    expect(calls()).toEqual([expect.stringMatching(/^ci --include=dev --include=optional --include=peer( |$)/)]);
  });

  it("that do not compile for want of a tool say which, and how it is got", () => {
    put("node_modules/.package-lock.json", JSON.stringify({ packages: {} }));
    program(programs, "npm", "exit 1");
    for (const name of ["make", "python3"]) program(programs, name, "exit 127");
    expect(install()).toEqual({ code: 1, error: expect.stringMatching(/BUILD_NPM: "npm ci .*" failed with status 1; .*; compiling a package needs make and python3, which are not found; run: sudo (apt-get install build-essential|dnf install make gcc-c\+\+) python3\n$/) });
    for (const name of ["make", "python3"]) program(programs, name, "exit 0");
    expect(install().error).toMatch(/BUILD_NPM: "npm ci .*" failed with status 1; its output is above\n$/);
  });

  it("without cap leave live capture on, and say so", () => {
    program(programs, "cc", `case "$*" in *pcap.h*) exit 1;; esac`);
    put(CAP, "for another Node");
    const { code, error } = install();
    expect(code).toBe(0);
    expect(error).toMatch(/^build: pcapReadMethod=libpcap is not available: libpcap's headers are missing; run: sudo .*libpcap-dev.* \(live capture by tpacketv3 and everything else work\)$/m);
    expect([install(), calls()]).toEqual([{ code: 0, error: "" }, []]);
  });
});

describe("the Rust toolchain", () => {
  const cargo = (where: string, version: string): void => { program(where, "cargo", `echo "cargo ${version} (0123456 2025-01-01)"`); };
  /** Which cargo the build takes. */
  const taken = () => build('native.checkCargo(); process.env.PATH = native.cargoEnvironment().PATH; run("TEST_CARGO", "cargo", ["--version"]);');
  let rustup = "";

  beforeEach(() => {
    rustup = path.join(directory, "home/.cargo/bin");
    put("native/Cargo.toml", '[workspace.package]\nrust-version = "1.90"\n');
    program(programs, "unused");
  });

  it("is that of the system where it is new enough, else rustup's", () => {
    expect(taken()).toEqual({ code: 1, error: "build: BUILD_CARGO_MISSING: no Rust toolchain is found; install one from https://rustup.rs\n" });
    cargo(rustup, "1.95.0");
    expect(taken()).toEqual({ code: 0, error: expect.stringMatching(/^cargo 1\.95\.0 /) });
    cargo(programs, "1.90.0");
    expect(taken()).toEqual({ code: 0, error: expect.stringMatching(/^cargo 1\.90\.0 /) });
    cargo(programs, "1.63.0");
    expect(taken()).toEqual({ code: 0, error: expect.stringMatching(/^cargo 1\.95\.0 /) });
  });

  it("that is too old is named, with what is needed", () => {
    cargo(programs, "1.63.0");
    expect(taken()).toEqual({ code: 1, error: 'build: BUILD_CARGO_OLD: cargo 1.63.0 (0123456 2025-01-01) is too old: the native core needs Rust 1.90; run "rustup update stable", or install a toolchain from https://rustup.rs\n' });
    cargo(rustup, "1.89.1");
    expect(taken().error).toMatch(/BUILD_CARGO_OLD: cargo 1\.89\.1 /);
  });

  it("is named in the README as the core needs it", () => {
    const needed = /^rust-version = "(.*)"$/m.exec(readFileSync("native/Cargo.toml", "utf8"))?.[1] ?? "";
    for (const file of ["README.md", "CONTRIBUTING.md"]) expect(readFileSync(file, "utf8")).toMatch(new RegExp(`Rust toolchain\\S* ?\\(?(${needed.replace(".", "\\.")}) or later`));
  });
});

describe("a tree that this user may not write", () => {
  const failing = (error: object) => build(`throw Object.assign(new Error("a trace"), ${JSON.stringify(error)});`);

  it("is one line with the path and the way out, and other failures are told as they are", () => {
    expect(failing({ code: "EACCES", path: "/x/native.stamp" })).toEqual({ code: 1, error: expect.stringMatching(/^build: BUILD_UNWRITABLE: \/x\/native\.stamp cannot be written by this user \(EACCES\); build as the user that owns .*, or give it to this one: sudo chown -R .*\n$/) });
    expect(failing({ code: "EROFS", path: "/x/dist" }).error).toMatch(/^build: BUILD_UNWRITABLE: \/x\/dist cannot .* \(EROFS\); build in a copy of the tree .*\n$/);
    expect(failing({ code: "ENOENT", path: "/x/dist" }).error).toContain("a trace");
  });
});

it("every code of the build is documented", () => {
  const documented = readFileSync("docs/errors.md", "utf8");
  const codes = readdirSync("ops/build").flatMap((file) => [...readFileSync(path.join("ops/build", file), "utf8").matchAll(/"(BUILD_[A-Z_]+)"/g)].map(([, code = ""]) => code));
  expect([...new Set(codes)].filter((code) => !documented.includes(`| \`${code}\` |`))).toEqual([]);
});
