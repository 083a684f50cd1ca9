/** User and password of URLs in a text; a password may hold what should have been escaped. */
const IN_TEXT = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>\\]*@/gi;

/** A text as messages, logs and documents may show it: without the user and password of any URL in it. */
export function withoutUrlCredentials(text: string): string {
  return text.includes("@") ? text.replace(IN_TEXT, "$1") : text;
}

/** A URL in two parts: where it leads, and the header that says what its user and password said (RFC 7617). */
export function splitCredentials(url: string | URL): { url: string; authorization: string | undefined } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  if (username === "" && password === "") return { url: String(url), authorization: undefined };
  parsed.username = parsed.password = "";
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { url: parsed.href, authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that is meant as one
  }
}
