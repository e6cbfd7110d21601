/** A path of this server to go to, with its query; anything else becomes `/`, so that a login leads nowhere foreign. */
export function localPath(value: unknown): string {
  return typeof value === "string" && /^\/(?![/\\])[\w\-./?=&%~:@,;!$()*+]{0,500}$/.test(value) ? value : "/";
}
