import { access } from "node:fs/promises";

/** Whether there is a file of that name that this process may see. */
export async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
