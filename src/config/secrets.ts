/** Settings whose value may be a URL with a user name and a password, in Arkime's forms without a scheme as well. */
const MAY_HOLD_USER_INFO = /elasticsearch$|^multiES(Nodes|Host)$/i;

/** Whether a setting's value is nobody's business: it is never printed. */
export function isSecret(key: string): boolean {
  return /secret|password|basicauth|apikey|keypass|token$/i.test(key);
}

/** The text of a setting as it may be shown: not at all when it is secret, and URLs without user names and passwords. */
export function shownText(key: string, text: string): string {
  if (isSecret(key)) return "(secret)";
  const anywhere = MAY_HOLD_USER_INFO.test(key);
  // Signs such as ; , and / may stand in a password that was not encoded: everything up to the last @ may be part of it.
  return text.split("://").map((part, at) => {
    if (at === 0 && !anywhere) return part;
    const end = anywhere ? part.length : part.search(/\s|$/);
    const sign = part.lastIndexOf("@", end);
    return sign < 0 ? part : `(secret)${part.slice(sign)}`;
  }).join("://");
}
