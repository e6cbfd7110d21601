import { systemClock } from "../base/clock.js";
import type { RetentionService } from "../retention/retention-service.js";
import type { Core } from "./core.js";
import type { Lifecycle } from "./lifecycle.js";
import { keepReserve } from "./reserve.js";
import { RoomRequests } from "./room-requests.js";
import { directoryLooks } from "../packet-store/packet-store.js";

/** Milliseconds between two looks whether a capture's device is full. */
const ROOM_LOOK_MS = 1_000;

/** Room for what writes, in this process and beside it. */
export interface Room {
  /** Makes room on the device of a directory at once; whether anything went. */
  make(directory: string): Promise<boolean>;
  /** Makes room in each directory of ours in which nothing can be written for want of it. */
  makeWhereFull(): Promise<void>;
}

/** Makes room where there is none, keeps the reserve, and from now on answers those who ask for room, until `lifecycle` stops. */
export async function keepRoom(core: Omit<Core, "native">, lifecycle: Lifecycle, retention: Pick<RetentionService, "relieve">): Promise<Room> {
  const { catalogue, directories, logger } = core;
  const requests = new RoomRequests({ catalogue, retention, directories: () => writtenDirectories(core), looks: directoryLooks, clock: systemClock, logger });
  await requests.relieveFull();
  if (!(await keepReserve(directories.data))) {
    await requests.relieve(directories.data);
    await keepReserve(directories.data);
  }
  const answer = (): void => {
    requests.answer().catch((error: unknown) => { logger.error({ error }, "no room could be made"); });
  };
  lifecycle.add("requests for room", setInterval(answer, ROOM_LOOK_MS), (timer) => { clearInterval(timer); });
  return {
    async make(directory) {
      try {
        return (await retention.relieve(directory, null)).deleted > 0;
      } catch (error) {
        logger.warn({ directory, error }, "no room could be made");
        return false;
      }
    },
    async makeWhereFull() { await requests.relieveFull(); },
  };
}

/** Directories that must take what is written: data, and the packet directories of this node. One that is not there does not lack room. */
function writtenDirectories({ config, directories }: Pick<Core, "config" | "directories">): readonly string[] {
  return [...new Set([directories.data, directories.sessions, ...config.storageOf(config.node).directories])];
}
