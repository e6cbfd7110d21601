import type { PacketFiles as FileTable } from "../catalogue/packet-files.js";
import type { PacketFile } from "../packet-store/packet-store.js";
import type { AbsenceReason } from "./missing-packets.js";

/** Where packets of a file number are, or why they are not. */
export type PacketFileLookup = (fileId: number) => { readonly file: PacketFile } | { readonly absent: AbsenceReason; readonly path: string | null };

/** Looks file numbers up in the catalogue; those below 0 stand for another node's files. */
export function catalogueLookup(files: Pick<FileTable, "get">): PacketFileLookup {
  return (fileId) => {
    if (fileId < 0) return { absent: "other-node", path: null };
    const row = files.get(fileId);
    if (row === null) return { absent: "file-unknown", path: null };
    if (row.state === "gone") return { absent: "file-gone", path: row.path };
    const { path, stream, bytes } = row;
    return { file: row.storage === "own" ? { fileId, path, own: true } : { fileId, path, own: false, indexed: { stream, bytes } } };
  };
}
