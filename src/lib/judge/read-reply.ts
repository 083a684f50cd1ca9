/** What stands in a judge's reply. */
export interface Reply {
  value: string | number;
  justification: string | null;
}

/** Why a reply could not be read, in words for a person. */
export interface Unreadable {
  problem: string;
}

const REFUSAL = /\b(i('m| am) (sorry|unable)|i can(no|')t|cannot (help|assist|comply|grade|rate|judge)|as an ai)\b/i;
const FENCE = /^\s*```\w*\s*\n([\s\S]*?)\n?\s*```\s*$/;
const QUOTED_LENGTH = 60;

/**
 * Reads the JSON object of a reply: as it is, without a code fence around it, or the first balanced object in it; last, lines
 * such as "score: 4". The value is taken from the object's own member, never found by looking for digits in prose.
 */
export function readReply(text: string, key: string): Reply | Unreadable {
  if (text.trim() === "") return { problem: "the judge said nothing" };
  for (const candidate of [text, FENCE.exec(text)?.[1], firstObject(text)]) {
    const found = candidate === undefined ? undefined : toReply(candidate, key);
    if (found) return found;
  }
  return (
    readLines(text, key) ??
    readCutOff(text, key) ?? { problem: REFUSAL.test(text) ? `the judge refused: ${quote(text)}` : `no verdict in: ${quote(text)}` }
  );
}

function toReply(text: string, key: string): Reply | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const members = new Map(Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const value = members.get(key);
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const said = members.get("justification");
  return { value, justification: typeof said === "string" ? said : null };
}

/** The two lines MLflow's own judges answer with. */
function readLines(text: string, key: string): Reply | undefined {
  const value = new RegExp(`^\\W*${key}\\W*[:=]\\W*(\\d[\\d./]*|A|B|tie)\\W*$`, "im").exec(text)?.[1];
  if (value === undefined) return undefined;
  const justification = /^\W*justification\W*[:=]\s*(.+)$/im.exec(text)?.[1]?.trim() ?? null;
  return { value, justification };
}

/** The member of an object that was cut off later, as by the limit of tokens. */
function readCutOff(text: string, key: string): Reply | undefined {
  const cutOff = text.trimStart().startsWith("{") && firstObject(text) === undefined;
  const offset = cutOff ? findValue(text, key) : undefined;
  const value = offset === undefined ? undefined : /^[\w.]+(?=[\s",}])/.exec(text.slice(offset))?.[0];
  return value === undefined ? undefined : { value, justification: null };
}

/** The first {...} whose braces are balanced outside of strings. */
function firstObject(text: string): string | undefined {
  const start = text.indexOf("{");
  let depth = 0;
  let inString = false;
  for (let i = start; i >= 0 && i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return text.slice(start, i + 1);
  }
  return undefined;
}

/** The offset of the value of a member of a JSON object, quotes not counted; undefined where it is not there. */
export function findValue(text: string, key: string): number | undefined {
  // members and strings in their order, so that a key inside a string is passed over
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;
  let depth = 0;
  let name: string | undefined;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match;
    if (found === "{" || found === "[") depth++;
    else if (found === "}" || found === "]") depth--;
    else if (depth === 1 && found === ":" && name === `"${key}"`) {
      const rest = /^\s*"?/.exec(text.slice(token.lastIndex))?.[0].length ?? 0;
      return token.lastIndex + rest;
    }
    name = found.startsWith('"') ? found : undefined;
  }
  return undefined;
}

function quote(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return JSON.stringify(line.length > QUOTED_LENGTH ? `${line.slice(0, QUOTED_LENGTH - 1)}…` : line);
}
