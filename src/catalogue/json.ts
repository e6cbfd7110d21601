/** Lists and objects that a column holds as JSON. We wrote them, but the file may be damaged: what does not fit is left out. */

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function numbersOf(text: string): readonly number[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((item): item is number => typeof item === "number") : [];
}

export function textsOf(text: string): readonly string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function recordOf(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function recordsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null) : [];
}

/** The texts of a list, or null when the column does not hold a list of texts: where leaving something out would give rights away. */
export function exactTextsOf(text: string): readonly string[] | null {
  const value = parsed(text);
  return Array.isArray(value) && value.every((item): item is string => typeof item === "string") ? value : null;
}

/** The switches of an object, or null when the column does not hold an object of booleans. */
export function exactFlagsOf(text: string): Readonly<Record<string, boolean>> | null {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const flags: Record<string, boolean> = {};
  for (const [name, flag] of Object.entries(value)) {
    if (typeof flag !== "boolean") return null;
    flags[name] = flag;
  }
  return flags;
}
