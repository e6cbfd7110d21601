import type { Catalogue } from "../catalogue/catalogue.js";
import type { LiveConfig } from "../config/live-config.js";
import { catalogueLookup } from "../export/packet-files.js";
import type { ExportParts } from "../export/run-export.js";
import { openSigningKey, type SigningKey } from "../export/signing-key.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import { diskSpaceProbe, type PacketReader } from "../packet-store/packet-store.js";
import { lossIn } from "./completeness.js";
import { lookbackVersion } from "./version.js";

/** What exports of a data directory are made with; its signing key is made at first use. `nodeOf` names the node that a file number below 0 stands for. */
export function exportParts(directory: string, live: LiveConfig, catalogue: Pick<Catalogue, "files" | "captureLedger" | "unknownDrops">, fields: FieldCatalogue, store: IndexStore, reader: PacketReader, nodeOf: (fileId: number) => string | null = () => null): ExportParts & { readonly store: IndexStore } {
  let key: SigningKey | null = null;
  return {
    store, reader, fields, lookup: catalogueLookup(catalogue.files), goneFiles: () => catalogue.files.goneIds(), lossIn: (span) => lossIn(catalogue, span), probe: diskSpaceProbe,
    // Opened when it is used: whoever only looks at a data directory makes none.
    get signingKey() { return (key ??= openSigningKey(directory)); },
    get maxBytes() { return Math.floor(live.values.maxExportG * 2 ** 30); },
    version: lookbackVersion(),
    describeFile: (fileId) => {
      if (fileId < 0) return { node: nodeOf(fileId), name: null, stream: null, fileBytes: null };
      const file = catalogue.files.get(fileId);
      return file === null ? null : { node: file.node, name: file.displayName, stream: file.stream, fileBytes: file.bytes };
    },
  };
}
