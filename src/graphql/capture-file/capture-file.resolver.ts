import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import { LongScalar } from "../scalar/scalars.js";
import type { CaptureFileView } from "../services.js";
import { CaptureFileList, CaptureFileState, CaptureFileStorage, type CaptureFile } from "./capture-file.type.js";

const STATES = { writing: CaptureFileState.WRITING, complete: CaptureFileState.COMPLETE, gone: CaptureFileState.GONE } as const;

function fileOf({ firstMs, lastMs, importedMs, storage, state, ...rest }: CaptureFileView): CaptureFile {
  return {
    ...rest,
    firstPacket: firstMs,
    lastPacket: lastMs,
    imported: importedMs,
    storage: storage === "own" ? CaptureFileStorage.OWN : CaptureFileStorage.IN_PLACE,
    state: STATES[state],
  };
}

/** Packet files. */
@Resolver()
export class CaptureFileResolver {
  @Query(() => CaptureFileList, {
    complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0),
    description: "Packet files, highest number first. Users with a forced expression or a time limit may not list them: names tell of captures that they cannot see.",
  })
  captureFiles(
    @Arg("first", () => Int, { defaultValue: 100, description: "Files in the list, 1 to 1000." }) first: number,
    @Arg("before", () => LongScalar, { nullable: true, description: "Only files numbered below this." }) before: number | null | undefined,
    @Ctx() context: RequestContext,
  ): CaptureFileList {
    const limit = bounded("first", first, 1, LIMITS.pageSize);
    const found = context.services.captureFiles.list(limit + 1, before ?? null);
    const files = found.slice(0, limit).map(fileOf);
    return { ...answered(context), files, next: found.length > limit ? (files[files.length - 1]?.id ?? null) : null };
  }
}
