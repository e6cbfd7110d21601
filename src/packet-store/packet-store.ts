/** The parts of this folder that other folders use. */
export { measureSpace, diskSpaceProbe, type DeviceSpace, type SpaceMeasurement, type SpaceProbe, type UnmeasuredDirectory } from "./device-space.js";
export { DELETION_PATIENCE_MS, DirectoryLooks, directoryLooks, REAL_DIRECTORIES, type DirectoryFiles } from "./directory-looks.js";
export { OwnDirectory, isInside, type Ownership, type OwnershipRefusal } from "./own-directory.js";
export { PacketFilePresence, type ListedFile } from "./packet-file-presence.js";
export { packetFileName, parsePacketFileName, type PacketFileName } from "./packet-file-name.js";
export { PacketReader, type FileLayout, type MissingReason, type OpenStream, type PacketFile, type PacketRead } from "./packet-reader.js";
export type { PositionChunk, RecordBatch } from "./record-stream.js";
export { isIntact, streamIdentity, type IndexedStream } from "./stream-identity.js";
export { REAL_FILES, Tombstones, syncDirectory, type Tombstone, type TombstoneFiles, type TombstoneListing } from "./tombstones.js";
export type { PacketTime, RecordHead } from "./record-layout.js";
export { awayError, awayTest, BRING_BACK, directoryInodeOf, GONE_MARK, whereIs, type KeptFile, type Whereabouts } from "./whereabouts.js";
