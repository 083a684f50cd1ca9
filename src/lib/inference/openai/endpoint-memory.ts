import type { CompletionRequest } from "./completion.js";
import { asObject, type JsonObject } from "./json-object.js";
import type { ServerWords } from "./server-words.js";
import { Pace } from "./pace.js";

/** How the longest completion is called: newer models of OpenAI refuse max_tokens, older servers do not know the other name. */
export type MaxTokensField = "max_tokens" | "max_completion_tokens";

/** Members an answer does not depend on, or that the request says it can do without. */
type Omitted = "stream_options" | "seed" | "temperature";

/** What an endpoint's model was found to refuse. */
export interface Habits {
  maxTokensField: MaxTokensField;
  omits: Set<Omitted>;
  /** System messages go into the first message of the user. */
  foldsSystem: boolean;
}

const habits = new Map<string, Habits>();
const paces = new Map<string, Pace>();

/** What is known of an endpoint's model; everything in this process that asks it shares that. */
export function habitsOf(location: string, model: string): Habits {
  const key = `${location} ${model}`;
  const known = habits.get(key) ?? { maxTokensField: "max_tokens", omits: new Set(), foldsSystem: false };
  habits.set(key, known);
  return known;
}

/** How an endpoint is asked, by everything in this process that asks it. */
export function paceOf(location: string): Pace {
  const known = paces.get(location) ?? new Pace();
  paces.set(location, known);
  return known;
}

/** Words for a member that is not taken, whatever its value is. */
const REFUSED =
  /unsupported|not supported|n't support|not support|unrecognized|unrecognized|unknown|unexpected|not permitted|not allowed|extra (inputs|fields)|additional propert|invalid (parameter|argument|field)|only .* (is|are) supported|must alternate/i;
const SYSTEM =
  /system[ _-]?(role|message|prompt|instruction)|\brole\b.*\bsystem\b|'?system'? (is|role)|roles? must alternate|developer instruction/i;

/** What to say of a habit that was learned. */
export interface Lesson {
  isNew: boolean;
  text: string;
}

/**
 * Learns from a refused request what to send otherwise. Undefined where the refusal is about something else, or about what the answer
 * depends on: that is the caller's.
 */
export function learn(known: Habits, request: CompletionRequest, sent: JsonObject, refusal: Refusal): Lesson | undefined {
  const { status, words } = refusal;
  const refuses = REFUSED.test(words.message) || ["unsupported_parameter", "unsupported_value"].includes(words.code ?? "");
  if (!refuses || ![400, 422, 500, 501].includes(status)) return undefined;
  return learnField(known, sent, words) ?? learnOmission(known, request, sent, words) ?? learnFolding(known, sent, words);
}

function learnField(known: Habits, sent: JsonObject, words: ServerWords): Lesson | undefined {
  const wantsOther = words.param === "max_tokens" || words.message.includes("max_completion_tokens");
  if (!wantsOther || !isNamed("max_tokens", sent, words)) return undefined;
  const isNew = known.maxTokensField !== "max_completion_tokens";
  known.maxTokensField = "max_completion_tokens";
  return { isNew, text: "it wants max_completion_tokens instead of max_tokens, and gets that now" };
}

function learnOmission({ omits }: Habits, { wishes = [] }: CompletionRequest, sent: JsonObject, words: ServerWords): Lesson | undefined {
  const members: Omitted[] = ["stream_options", "seed", ...wishes];
  const omitted = members.find((member) => isNamed(member, sent, words));
  if (omitted === undefined) return undefined;
  const isNew = !omits.has(omitted);
  omits.add(omitted);
  return { isNew, text: `it refuses ${omitted}, which is left out now` };
}

function learnFolding(known: Habits, sent: JsonObject, { message }: ServerWords): Lesson | undefined {
  if (!hasSystem(sent) || !SYSTEM.test(message)) return undefined;
  const isNew = !known.foldsSystem;
  known.foldsSystem = true;
  return { isNew, text: "it takes no system message, which goes into the user's first message now" };
}

function isNamed(member: string, sent: JsonObject, { message, param }: ServerWords): boolean {
  return sent[member] !== undefined && (param === member || new RegExp(`\\b${member}\\b`).test(message));
}

interface Refusal {
  status: number;
  words: ServerWords;
}

function hasSystem({ messages }: JsonObject): boolean {
  return Array.isArray(messages) && messages.some((message) => ["system", "developer"].includes(String(asObject(message)?.["role"])));
}
