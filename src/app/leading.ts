import type { Leadership } from "../index-store/elasticsearch/leadership.js";
import { LEFT_TO } from "../catalogue/task-runs.js";
import type { ScheduledTask } from "../scheduler/task.js";

/** Tasks that change what all servers of a cluster share. */
const SHARED: ReadonlySet<string> = new Set(["session-expiry", "compaction", "daily-compaction", "placement"]);

/** The task as it runs where several servers share a cluster: the leader runs it, the others leave their turn to it and look again later. */
export function onlyLeading(task: ScheduledTask, leadership: Pick<Leadership, "leads">): ScheduledTask {
  if (!SHARED.has(task.name)) return task;
  return {
    ...task,
    run: async (signal, progressed) => {
      const leader = await leadership.leads(signal);
      return leader === null ? task.run(signal, progressed) : { [LEFT_TO]: `${leader} runs the tasks of this cluster` };
    },
  };
}
