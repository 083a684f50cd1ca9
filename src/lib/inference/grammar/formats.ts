/** Regular expressions of the formats of JSON Schema that a text is held to as a whole. */
const YEAR_OF_29_DAYS = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)`;
const MONTH_AND_DAY = String.raw`(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
/** RFC 3339, section 5.6, in the Gregorian calendar. */
const DATE = String.raw`(?:${YEAR_OF_29_DAYS}-02-29|\d{4}-${MONTH_AND_DAY})`;
const TIME = String.raw`(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)|23:59:60(?:\.\d{1,9})?[Zz])`;
/** RFC 3339, appendix A. */
const COUNT = String.raw`\d{1,9}`;
const DURATION_TIME = `T(?:${COUNT}H(?:${COUNT}M(?:${COUNT}S)?)?|${COUNT}M(?:${COUNT}S)?|${COUNT}S)`;
const DURATION_DATE = `(?:${COUNT}Y(?:${COUNT}M(?:${COUNT}D)?)?|${COUNT}M(?:${COUNT}D)?|${COUNT}D)`;
/** RFC 5321 without quoted names and addresses of hosts. */
const ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
/** Without two hyphens in the third and fourth place: what stands behind "xn--" is Unicode (RFC 5891), which is not looked into. */
const SHORT_LABEL =
  "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,2}[a-zA-Z0-9]|[a-zA-Z0-9-](?:[a-zA-Z0-9][a-zA-Z0-9-]|-[a-zA-Z0-9])[a-zA-Z0-9-]{0,25}[a-zA-Z0-9])?";
const BYTE = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = String.raw`(?:${BYTE}\.){3}${BYTE}`;
/** RFC 4291, section 2.2. */
const GROUP = "[0-9a-fA-F]{1,4}";
const LAST_GROUPS = `(?:${GROUP}:${GROUP}|${IPV4})`;
const IPV6 = [
  `(?:${GROUP}:){6}${LAST_GROUPS}`,
  `::(?:${GROUP}:){5}${LAST_GROUPS}`,
  `(?:${GROUP})?::(?:${GROUP}:){4}${LAST_GROUPS}`,
  `(?:(?:${GROUP}:){0,1}${GROUP})?::(?:${GROUP}:){3}${LAST_GROUPS}`,
  `(?:(?:${GROUP}:){0,2}${GROUP})?::(?:${GROUP}:){2}${LAST_GROUPS}`,
  `(?:(?:${GROUP}:){0,3}${GROUP})?::${GROUP}:${LAST_GROUPS}`,
  `(?:(?:${GROUP}:){0,4}${GROUP})?::${LAST_GROUPS}`,
  `(?:(?:${GROUP}:){0,5}${GROUP})?::${GROUP}`,
  `(?:(?:${GROUP}:){0,6}${GROUP})?::`,
].join("|");
/** RFC 3986, appendix A, without hosts that are written as numbers in brackets. */
const HEX_PAIR = "%[0-9a-fA-F]{2}";
const PATH_CHARACTER = `(?:[a-zA-Z0-9._~!$&'()*+,;=:@-]|${HEX_PAIR})`;
const AUTHORITY = String.raw`(?:(?:[a-zA-Z0-9._~!$&'()*+,;=:-]|${HEX_PAIR})*@)?(?:[a-zA-Z0-9._~!$&'()*+,;=-]|${HEX_PAIR})*(?::\d{0,5})?`;
const SEGMENTS = `(?:/${PATH_CHARACTER}*)*`;
const URI = String.raw`[a-zA-Z][a-zA-Z0-9+.-]*:(?://${AUTHORITY}${SEGMENTS}|/?${PATH_CHARACTER}+${SEGMENTS})(?:\?(?:${PATH_CHARACTER}|[/?])*)?(?:#(?:${PATH_CHARACTER}|[/?])*)?`;

const FORMATS = new Map([
  ["date", DATE],
  ["time", TIME],
  ["date-time", `${DATE}[Tt]${TIME}`],
  ["duration", `P(?:${COUNT}W|${DURATION_DATE}(?:${DURATION_TIME})?|${DURATION_TIME})`],
  ["uuid", "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"],
  ["email", String.raw`${ATOM}(?:\.${ATOM})*@(?:${LABEL}\.)+${LABEL}`],
  ["hostname", String.raw`${SHORT_LABEL}(?:\.${SHORT_LABEL}){0,7}`],
  ["ipv4", IPV4],
  ["ipv6", IPV6],
  ["uri", URI],
  ["json-pointer", "(?:/(?:[^~/]|~0|~1)*)*"],
]);

/** Formats that say what a text is for, not how it is written, and those of numbers, whose limits are not JSON's. */
const NOTES = new Set([
  ...["int32", "int64", "float", "double", "decimal", "password", "byte", "binary", "base64url", "path", "file-path", "directory-path"],
  ...["json-string", "color", "textarea", "markdown", "html", "phone", "currency", "multi-line"],
]);

/** The regular expression of a format, matched as a whole; undefined for what has none. */
export function formatRegex(format: string): string | undefined {
  return FORMATS.get(format);
}

/** Whether a format asks for no way of writing that could be held. */
export function isNote(format: string): boolean {
  return NOTES.has(format);
}
