import type { PacketFile, PacketFiles } from "../catalogue/packet-files.js";
import type { CaptureFiles, CaptureFileView } from "../graphql/services.js";

/** The packet files of the catalogue as the API shows them; rows of imports that are not finished are left out. */
export function captureFiles(files: PacketFiles): CaptureFiles {
  return {
    list(limit, before) {
      const all = files.list().filter((file) => isVisible(file) && (before === null || file.id < before));
      return all.slice(-limit).reverse().map(viewOf);
    },
    find(id) {
      const file = files.get(id);
      return file === null || !isVisible(file) ? null : viewOf(file);
    },
  };
}

function isVisible(file: PacketFile): boolean {
  return file.stream !== "";
}

function viewOf(file: PacketFile): CaptureFileView {
  return {
    id: file.id, node: file.node, name: file.displayName, storage: file.storage, state: file.state,
    format: file.format === "pcapng" ? "pcapng" : "pcap", bytes: file.bytes, packets: file.packets,
    firstMs: file.firstMs, lastMs: file.lastMs, importedMs: file.importedAtMs, locked: file.locked,
  };
}
