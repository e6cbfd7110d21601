import type { Field } from "./field.js";

/** The column of every row that lists the numbers of the packet files its packets are in. People do not search it by name. */
export const PACKET_FILES_FIELD: Field = {
  expression: "", aliases: [], path: "fileId", object: "", kind: "integer", shape: "list", count: "none", group: "general", name: "Packet files",
  help: "Numbers of the packet files that hold the session's packets", linked: false, since: "", countOf: null, view: null, portPath: null, overlay: false,
};
