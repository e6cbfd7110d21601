import { createRequire } from "node:module";
import type {
  CancelFlag as NativeCancelFlag,
  DirectionFinder as NativeDirectionFinder,
  LiveCapture as NativeLiveCapture,
  LiveFlusher as NativeLiveFlusher,
  SegmentReader as NativeSegmentReader,
  StandardInput as NativeStandardInput,
} from "../../native/binding/index.js";
import { ERROR_CODES, LookbackError, type ErrorCode, type ErrorDetails } from "../base/errors.js";
import type {
  CaptureCopy, CaptureIdentity, DirectionFinder, Dissection, EngineSettings, ImportOptions, ImportProgress, ImportResult, ImportWarning, IndexPeriodStart, LiveEngine, LiveOptions, NativeCore, PlaceFileState, SegmentReader, SessionEnds,
} from "./types.js";
import type { SegmentInfo } from "../model/segment.js";
import type { MergeOptions } from "./merge-types.js";

/** The library as it exports itself; its declarations are generated (`native/binding/index.d.ts`). */
interface Binding {
  readonly CancelFlag: new () => NativeCancelFlag;
  readonly DirectionFinder: new (ends: SessionEnds) => NativeDirectionFinder;
  readonly LiveCapture: new (options: LiveOptions, input: NativeStandardInput | null) => NativeLiveCapture;
  readonly StandardInput: new () => NativeStandardInput;
  openStandardInput(filter: string, snaplen: number): Promise<NativeStandardInput>;
  readonly SegmentReader: new (path: string, periods: readonly IndexPeriodStart[], segment: string) => NativeSegmentReader;
  fieldCatalogue(): string;
  checkPlaceFiles(settings: EngineSettings): PlaceFileState[];
  identifyCapture(path: string): Promise<CaptureIdentity>;
  dissectCapture(path: string, settings: EngineSettings): Promise<Dissection>;
  keepRightsOverChangeOfUser(): void;
  makeDirectory(path: string, withinMs: number): string | null;
  useSmallPages(): boolean;
  keepRightsToCapture(): void;
  copyCapture(source: string, destination: string, cancel: NativeCancelFlag, onProgress: (bytes: number) => void): Promise<CaptureCopy>;
  mergeSegments(options: MergeOptions, cancel: NativeCancelFlag): Promise<SegmentInfo | null>;
  importStream(options: ImportOptions, cancel: NativeCancelFlag, onProgress: (progress: ImportProgress) => void): Promise<ImportResult>;
}

const LIBRARY = "../../native/binding/lookback.node";

function load(): Binding {
  try {
    // The library's own declarations are the contract; there is nothing to check at run time.
    return createRequire(import.meta.url)(LIBRARY) as Binding;
  } catch (cause) {
    throw new LookbackError("UNAVAILABLE", `the capture core cannot be loaded from ${LIBRARY}; build it with "npm run build"`, {}, { cause });
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_CODES, code);
}

function isDetails(value: unknown): value is ErrorDetails {
  return typeof value === "object" && value !== null && Object.values(value).every((part) => part === null || ["string", "number", "boolean"].includes(typeof part));
}

/** A `LookbackError` from the JSON message of an error of the core. */
export function fromNative(error: unknown): LookbackError {
  const message = error instanceof Error ? error.message : String(error);
  try {
    const parsed: unknown = JSON.parse(message);
    if (typeof parsed === "object" && parsed !== null && "code" in parsed && "message" in parsed && isErrorCode(parsed.code)) {
      const details = "details" in parsed && isDetails(parsed.details) ? parsed.details : {};
      return new LookbackError(parsed.code, String(parsed.message), details, { cause: error });
    }
  } catch {
    // Not JSON: an error of the boundary itself, told as it is below.
  }
  return new LookbackError("INTERNAL", message, {}, { cause: error });
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fromNative(error);
  }
}

function translatedNow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromNative(error);
  }
}

/** Leaves out the warning of cut packets where `readTruncatedPackets` says so. */
function withoutCuts<T extends { readonly warnings: readonly ImportWarning[] }>(result: T, { readTruncatedPackets }: EngineSettings): T {
  return readTruncatedPackets ? { ...result, warnings: result.warnings.filter(({ name }) => name !== "packet-cut-by-snaplen") } : result;
}

/** Loads the native core. Throws UNAVAILABLE when it was not built. */
export function loadNativeCore(): NativeCore {
  const binding = load();

  /** A flag that follows `signal`, and a function that stops following. */
  function cancelOn(signal: AbortSignal | null): { flag: NativeCancelFlag; release: () => void } {
    const flag = new binding.CancelFlag();
    const onAbort = () => flag.cancel();
    if (signal?.aborted) flag.cancel();
    signal?.addEventListener("abort", onAbort, { once: true });
    return { flag, release: () => signal?.removeEventListener("abort", onAbort) };
  }

  return {
    fieldCatalogue: () => binding.fieldCatalogue(),
    // napi leaves out what is none; here it is null.
    checkPlaceFiles: (settings) => binding.checkPlaceFiles(settings).map(({ setting, file, error }) => ({ setting, file: file ?? null, error: error ?? null })),
    async checkSettings(settings) {
      try {
        // A dissection looks at its settings before it opens the capture; this one is none.
        await translated(binding.dissectCapture("/dev/null", { ...settings, geoLite2Country: [], geoLite2Asn: [], rirFile: [], ouiFile: [] }));
      } catch (error) {
        if (!(error instanceof LookbackError) || error.code !== "CAPTURE_UNREADABLE") throw error;
      }
    },
    identify: (path) => translated(binding.identifyCapture(path)),
    async dissect(path, settings) {
      return withoutCuts(await translated(binding.dissectCapture(path, settings)), settings);
    },
    async copyCapture(source, destination, signal, onProgress) {
      const { flag, release } = cancelOn(signal);
      try {
        return await translated(binding.copyCapture(source, destination, flag, onProgress));
      } finally {
        release();
      }
    },
    async importStream(options, signal, onProgress) {
      const { flag, release } = cancelOn(signal);
      try {
        return withoutCuts(await translated(binding.importStream(options, flag, onProgress)), options.settings);
      } finally {
        release();
      }
    },
    async mergeSegments(options, signal) {
      const { flag, release } = cancelOn(signal);
      try {
        return await translated(binding.mergeSegments(options, flag));
      } finally {
        release();
      }
    },
    readSegment(path, periods, segment): SegmentReader {
      const reader = translatedNow(() => new binding.SegmentReader(path, periods, segment));
      return { next: (maxBytes) => translated(reader.next(maxBytes)), close: () => { reader.close(); } };
    },
    makeDirectory: (path, withinMs) => binding.makeDirectory(path, withinMs),
    useSmallPages: () => binding.useSmallPages(),
    keepRightsOverChangeOfUser: () => { translatedNow(() => { binding.keepRightsOverChangeOfUser(); }); },
    keepRightsToCapture: () => { translatedNow(() => { binding.keepRightsToCapture(); }); },
    openStandardInput: async (filter, snaplen) => ({ source: await translated(binding.openStandardInput(filter, snaplen)) }),
    openLive(options, input): LiveEngine {
      const source = input?.source;
      const live = translatedNow(() => new binding.LiveCapture(options, source instanceof binding.StandardInput ? source : null));
      let flusher: NativeLiveFlusher | null = translatedNow(() => live.flusher());
      return {
        linkType: live.linkType,
        push: (batch) => translatedNow(() => live.push(batch)),
        flush: (nowMs, mark, open) => (flusher === null ? Promise.reject(new LookbackError("SHUTTING_DOWN", "this live capture is closed")) : translated(flusher.flush(nowMs, mark, open))),
        ledgers: () => translatedNow(() => live.ledgers()),
        moreFileIds: (first, count) => translatedNow(() => live.moreFileIds(first, count)),
        stopSources: () => translatedNow(() => live.stopSources()),
        close: (nowMs) => {
          // It holds a way into the stream, which ends when nobody does.
          flusher = null;
          return translated(live.close(nowMs));
        },
      };
    },
    directionFinder(ends): DirectionFinder {
      const finder = translatedNow(() => new binding.DirectionFinder(ends));
      return {
        push: (batch) => { translatedNow(() => { finder.push(batch); }); },
        senders: () => translatedNow(() => finder.senders()),
      };
    },
  };
}
