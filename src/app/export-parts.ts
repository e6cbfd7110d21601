import type { PacketFiles } from "../catalogue/packet-files.js";
import type { LiveConfig } from "../config/live-config.js";
import { catalogueLookup } from "../export/packet-files.js";
import type { ExportParts } from "../export/run-export.js";
import { openSigningKey, type SigningKey } from "../export/signing-key.js";
import type { IndexStore } from "../index-store/index-store.js";
import { diskSpaceProbe, type PacketReader } from "../packet-store/packet-store.js";
import { lookbackVersion } from "./version.js";

/** What exports of a data directory are made with; its signing key is made at first use. */
export function exportParts(directory: string, live: LiveConfig, files: PacketFiles, store: IndexStore, reader: PacketReader): ExportParts & { readonly store: IndexStore } {
  let key: SigningKey | null = null;
  return {
    store, reader, lookup: catalogueLookup(files), probe: diskSpaceProbe,
    // Opened when it is used: whoever only looks at a data directory makes none.
    get signingKey() { return (key ??= openSigningKey(directory)); },
    get maxBytes() { return Math.floor(live.values.maxExportG * 2 ** 30); },
    version: lookbackVersion(),
    describeFile: (fileId) => {
      const file = files.get(fileId);
      return file === null ? null : { node: file.node, name: file.displayName, stream: file.stream, fileBytes: file.bytes };
    },
  };
}
