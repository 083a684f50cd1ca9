import { isJson } from "../../base/slices/is-json.js";
import { splitThoughts } from "../../inference/openai/thoughts.js";
import { findObjects, parseObject, type FoundObject } from "./json-objects.js";

/** What stands in a judge's reply. */
export interface Reply {
  value: string | number;
  justification: string | null;
  /** The reply was cut off after its verdict. */
  cutOff?: true;
}

/** Why a reply could not be read, in words for a person. */
export interface Unreadable {
  problem: string;
}

type Members = Record<string, unknown>;

const REFUSAL =
  /\b(i('m| am) (sorry|unable)|i can(no|['’])t|i won['’]t|i('m| am) not able to|cannot (help|assist|comply|grade|rate|judge)|as an ai)\b/i;
const QUOTED_LENGTH = 60;
/** What a model puts in place of a value when it repeats the format it was given. */
const PLACEHOLDER = /^\s*(<.*>|\.{3}|…)\s*$/s;
/** Marks that decorate a line: emphasis, headings, quotes, list bullets. */
const DECORATION = "[\\s*_`~#>\"'-]*";
/** Those before the first word of a line. They end with the line: each line is a beginning of its own for the expression, and one that went on over the empty lines after it would read them once from each. */
const LINE_START = "^(?:[^\\S\\n\\r\\u2028\\u2029]|[*_`~#>\"'-])*";
const LINE_VALUE =
  "(-?\\d+(?:[.,]\\d+)?(?:\\s*(?:/|out\\s+of)\\s*\\d+(?:\\.\\d+)?)?|(?:(?:answer|response)[ _]*)?[AB]|tie|\\[\\[[ABC]\\]\\])";
/** A reply that is a value and nothing else. No sign of a bullet, of "about" or of "more than" before it, and no list: those say something else. */
const WHOLE_VALUE =
  /^[\s*_`"']*(\d+(?:\.\d+)?(?:\s*(?:\/|out\s+of)\s*\d+(?:\.\d+)?)?|(?:(?:answer|response)[ _]*)?[AB]|tie|\[\[[ABC]\]\])[\s*_`"'.]*$/i;

/**
 * Reads the verdict of a reply. What the model thought is dropped; the last complete JSON object that has the key wins, so that a
 * draft before it does not count; JSON that is not strict is repaired. An object that wraps exactly one verdict stands for it. An
 * object that was cut off counts where its value is complete. Where no object has the key, a line such as "Score: 4/5" counts, or a
 * reply that is nothing but a value, such as "4/5"; a value is never looked for in prose.
 */
export function readReply(text: string, key: string): Reply | Unreadable {
  const answer = withoutThoughts(text);
  if (answer.trim() !== "") return locate(answer, key).reply;
  return { problem: text.trim() === "" ? "the judge said nothing" : "the judge thought and said nothing after it" };
}

/** The offset in an answer without thoughts where the value of its verdict begins, quotes not counted; undefined where it is in no object. */
export function findVerdict(answer: string, key: string): number | undefined {
  return locate(answer, key).offset;
}

function locate(answer: string, key: string): { reply: Reply | Unreadable; offset?: number | undefined } {
  const verdicts = findObjects(answer, (members) => hasVerdict(members, key)).filter(({ members }) => hasVerdict(members, key));
  const last = verdicts.at(-1);
  const end = last?.end ?? 0;
  const rest = answer.slice(end);
  const said = readLines(rest, key);
  if (said) return { reply: said };
  const cut = readCutOff(rest, key);
  if (cut) return { reply: cut.reply, offset: end + cut.offset };
  if (!last) return { reply: readWhole(answer) };
  const reply = toReply(last.members, key);
  if (!reply) return { reply: { problem: `no verdict in: ${quote(answer)}` } };
  const others = listedWith(answer, verdicts).map(({ members }) => toReply(members, key)?.value);
  if (others.some((value) => value !== reply.value)) return { reply: { problem: `several verdicts in: ${quote(answer)}` } };
  const within = findValue(answer.slice(last.start, last.end), key);
  return { reply, offset: within === undefined ? undefined : last.start + within };
}

/** A reply without an object or a line that has the key. */
function readWhole(answer: string): Reply | Unreadable {
  const value = WHOLE_VALUE.exec(answer)?.[1];
  if (value !== undefined) return { value, justification: null };
  return { problem: REFUSAL.test(answer) ? `the judge refused: ${quote(answer)}` : `no verdict in: ${quote(answer)}` };
}

/** The answer without the thoughts before it; JSON whose strings speak of such marks stays as it is. */
export function withoutThoughts(text: string): string {
  const whole = text.trim();
  if (whole.startsWith("{") && whole.endsWith("}") && isJson(whole)) return text;
  return splitThoughts(text).answer;
}

function hasVerdict(members: Members, key: string): boolean {
  const value = verdictOf(members, key)?.value;
  return value !== undefined && !(typeof value === "string" && PLACEHOLDER.test(value));
}

function toReply(members: Members, key: string): Reply | undefined {
  const found = verdictOf(members, key);
  if (!found || (typeof found.value !== "string" && typeof found.value !== "number")) return undefined;
  return { value: found.value, justification: found.justification };
}

/** The member itself, or that of the only object within that has it. */
function verdictOf(members: Members, key: string): { value: unknown; justification: string | null } | undefined {
  const value = memberOf(members, key);
  if (value !== undefined) {
    const said = memberOf(members, "justification");
    return { value, justification: typeof said === "string" ? said : null };
  }
  const within = Object.values(members)
    .flatMap(objectsOf)
    .flatMap((inner) => verdictOf(inner, key) ?? []);
  const [only] = within;
  if (within.length <= 1) return only;
  // several verdicts side by side, as one for each aspect, are none
  return { value: null, justification: null };
}

function objectsOf(value: unknown): Members[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (typeof value === "string") return value.trimStart().startsWith("{") ? [parseObject(value) ?? []].flat() : [];
  return typeof value === "object" && value !== null ? [value as Members] : [];
}

function memberOf(members: Members, key: string): unknown {
  if (Object.hasOwn(members, key)) return members[key];
  return Object.entries(members).find(([name]) => name.trim().toLowerCase() === key)?.[1];
}

/** The verdicts that stand in one list with the last one. */
function listedWith(text: string, verdicts: readonly FoundObject[]): FoundObject[] {
  const listed: FoundObject[] = [];
  for (let i = verdicts.length - 1; i > 0; i--) {
    const [before, after] = [verdicts[i - 1] as FoundObject, verdicts[i] as FoundObject];
    if (text.slice(before.end, after.start).trim() !== ",") break;
    listed.push(before);
  }
  return listed;
}

/** The two lines MLflow's own judges answer with; the last one that says a value counts. */
function readLines(text: string, key: string): Reply | undefined {
  const label = `(?:(?:final|overall|my)\\s+)?${key}`;
  const line = new RegExp(`${LINE_START}${label}${DECORATION}[:=]${DECORATION.replace("-", "")}${LINE_VALUE}[\\s*_\`~"'.,]*$`, "gim");
  const value = [...text.matchAll(line)].at(-1)?.[1]?.replace(",", ".");
  if (value === undefined) return undefined;
  const justification = /^[^\w\n\r\u2028\u2029]*justification[^\w\n]*[:=]\s*(.+)$/im.exec(text)?.[1]?.trim() ?? null;
  return { value, justification };
}

/** The member of an object that is not closed, as the limit of tokens leaves it; its value has to be whole. */
function readCutOff(text: string, key: string): { reply: Reply; offset: number } | undefined {
  const start = text.indexOf("{");
  const offset = start < 0 ? undefined : findValue(text.slice(start), key);
  if (offset === undefined) return undefined;
  const place = start + offset;
  const [, value] = (text[place - 1] === '"' ? /^([^"\\\n]+)"/ : /^([^\s,}"]+)\s*[,}\n]/).exec(text.slice(place)) ?? [];
  return value === undefined || PLACEHOLDER.test(value)
    ? undefined
    : { reply: { value, justification: null, cutOff: true }, offset: place };
}

/** The offset of the value of a member of a JSON object, quotes not counted; undefined where it is not there. */
function findValue(text: string, key: string): number | undefined {
  // members and strings in their order, so that a key inside a string is passed over
  const token = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|[{}[\]:,]/g;
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
