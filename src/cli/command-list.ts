import type { Command } from "./command.js";
import { DATA_COMMANDS } from "./command-lists/data-commands.js";
import { HOST_COMMANDS } from "./command-lists/host-commands.js";
import { SERVICE_COMMANDS } from "./command-lists/service-commands.js";

/** Commands under their headings of `lookback --help`. A new one is a module in commands/ and an entry in one of the lists. */
export const COMMAND_GROUPS: readonly { readonly heading: string; readonly commands: readonly Command[] }[] = [
  { heading: "Packets and sessions:", commands: DATA_COMMANDS },
  { heading: "Capturing, serving and keeping:", commands: SERVICE_COMMANDS },
  { heading: "Installation and people:", commands: HOST_COMMANDS },
];

/** Every command. */
export const COMMANDS: readonly Command[] = COMMAND_GROUPS.flatMap(({ commands }) => commands);
