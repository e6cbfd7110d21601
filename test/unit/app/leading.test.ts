import { expect, it } from "vitest";
import { onlyLeading } from "../../../src/app/leading.js";
import { LEFT_TO } from "../../../src/catalogue/task-runs.js";

it("a task of the cluster runs, and tells of its progress, where no other server leads", async () => {
  let leader: string | null = null;
  let steps = 0;
  const task = onlyLeading({ name: "compaction", description: "", cron: "* * * * *", timeZone: "UTC", run: (_signal, progressed) => { progressed(); return Promise.resolve({ replaced: 2 }); } }, { leads: () => Promise.resolve(leader) });
  const run = () => task.run(new AbortController().signal, () => { steps += 1; });
  expect([await run(), steps]).toEqual([{ replaced: 2 }, 1]);
  leader = "north";
  expect([await run(), steps]).toEqual([{ [LEFT_TO]: "north runs the tasks of this cluster" }, 1]);
});
