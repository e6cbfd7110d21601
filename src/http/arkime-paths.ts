/** Answers of Arkime's viewer that are got from elsewhere here. */
const ANSWERS = /^\/(?:api\/)?(?:sessions?|unique|multiunique|spigraph|spigraphhierarchy|spiview|connections|fields|buildquery|histories|hunts|views|shortcuts)(?:\.json|\.txt|\/|$)/;
/** Its downloads, by the format that they have here too. */
const DOWNLOADS = /^\/(?:api\/)?sessions\.(pcap|pcapng|csv)(?:\/|$)/;

/** What stands here for a path of Arkime's viewer, for the error that it is not there; null for other paths. */
export function insteadOf(path: string): string | null {
  const [, format] = DOWNLOADS.exec(path) ?? [];
  if (format !== undefined) return `it is /api/sessions.${format}?expression=… here`;
  return ANSWERS.test(path) ? "that is Arkime's; here sessions are asked for by GraphQL at /graphql, and exported by /api/sessions.pcap?expression=…" : null;
}
