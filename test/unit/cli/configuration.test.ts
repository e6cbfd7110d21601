import { expect, it } from "vitest";
import { assignedSettings } from "../../../src/cli/configuration.js";

it("--set takes settings that have an effect, and names all others at once", () => {
  expect(assignedSettings({ set: ["viewPort=1", "viewPort=2", "bpf=port 1=2"] })).toEqual({ viewPort: "2", bpf: "port 1=2" });
  expect(() => assignedSettings({ set: ["viewport=1", "maxESConns=20", "viewPort=2", "nothing"] })).toThrow(expect.objectContaining({
    code: "CONFIG_INVALID",
    message: [
      "--set viewport=1: expected key=value with a known key; did you mean viewPort?",
      "--set maxESConns=20: maxESConns has no effect here; leave it out",
      "--set nothing: expected key=value with a known key",
    ].join("\n"),
  }));
});
