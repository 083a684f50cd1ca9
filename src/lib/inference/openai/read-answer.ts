import { AnswerCheck, NoAnswer } from "./answer-check.js";
import { parseObject, type JsonObject } from "./json-object.js";
import { readServerWords, type ServerWords } from "./server-words.js";
import { readEvents, type ServerEvent } from "./sse-events.js";

/** An answer to a completion request with a status of success. */
export interface RawAnswer {
  /** As its header has it; undefined where there is none. */
  contentType: string | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Gives up the connection of an answer that is whole before it ends. */
  abandon?: () => void;
  /** Hears of every body before it is known whether there is an answer in it: one that failed may say what it took. */
  onBody?: (body: JsonObject) => void;
}

/** One piece of an answer: an event of a stream, or all of it at once. */
export interface AnswerPart {
  body: JsonObject;
  /** It has text, thoughts, a call or a refusal in it: not a role, an end or token counts alone. */
  hasContent: boolean;
}

/** Most answers are small; one that is not an answer at all must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A stream whose choices have all ended may still bring token counts; one that says nothing for so long has said everything. */
const GRACE_MS = 1500;
const [EVENTS, JSON_TYPE] = [/^text\/event-stream\b/i, /^application\/([\w.-]+\+)?json\b/i];

/**
 * The pieces of an answer as they come, a stream or one body. It ends without an error only where the answer is whole; otherwise it
 * throws NoAnswer, or what reading the connection throws.
 */
export async function* readAnswer(answer: RawAnswer, asked = 1): AsyncGenerator<AnswerPart> {
  const { contentType, body } = answer;
  const type = contentType?.trim() ?? "";
  // a body that can be read to its end has every choice there will be: some servers give one, however many are wanted
  const check = new AnswerCheck(JSON_TYPE.test(type) ? 1 : asked);
  if (EVENTS.test(type)) yield* readStream(answer, check);
  else if (JSON_TYPE.test(type)) {
    const whole = toObject(await readText(body));
    answer.onBody?.(whole);
    yield { body: whole, hasContent: check.note(whole) };
  } else {
    const words = readServerWords(await readText(body));
    throw new NoAnswer("foreign", `it sent ${type === "" ? "no content type" : type} instead of an answer: ${words.message}`, words);
  }
  check.end();
}

/** All of a body as text. Throws NoAnswer for one that is far too large. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MOST_BYTES) throw new NoAnswer("foreign", `its answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

async function* readStream({ body, abandon, onBody }: RawAnswer, check: AnswerCheck): AsyncGenerator<AnswerPart> {
  const raw = { text: "" };
  let events = 0;
  try {
    for await (const { event, data } of untilSilent(readEvents(body, raw), { check, abandon })) {
      events++;
      if (data.trim() === "[DONE]") {
        check.noteDone();
        break;
      }
      if (event === "error") throw toError(readServerWords(data));
      const part = toObject(data);
      onBody?.(part);
      yield { body: part, hasContent: check.note(part) };
    }
  } catch (cause) {
    // a connection that breaks after the last choice has ended takes nothing away from the answer
    if (cause instanceof NoAnswer || !check.isWhole) throw cause;
  }
  // an error that was written into the stream without the form of an event
  if (events === 0 && raw.text.trim() !== "") throw toError(readServerWords(raw.text));
}

/** Events until the last, or until a whole answer is followed by silence on a connection that stays open. */
async function* untilSilent(
  events: AsyncGenerator<ServerEvent>,
  { check, abandon }: { check: AnswerCheck; abandon: (() => void) | undefined },
): AsyncGenerator<ServerEvent> {
  let isSilent = false;
  try {
    for (;;) {
      const coming = events.next();
      const next = check.isWhole ? await withinGrace(coming) : await coming;
      isSilent = next === undefined;
      if (!next || next.done === true) return;
      yield next.value;
    }
  } finally {
    // what waits for the connection ends only with it
    if (isSilent) abandon?.();
    else await events.return(undefined);
  }
}

/** Undefined where it does not come in time. */
async function withinGrace<T>(coming: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), GRACE_MS)));
  try {
    return await Promise.race([coming, silence]);
  } finally {
    clearTimeout(timer);
    coming.catch(() => undefined);
  }
}

function toError(words: ServerWords): NoAnswer {
  return new NoAnswer("error", words.message, words);
}

function toObject(text: string): JsonObject {
  const value = parseObject(text);
  if (value) return value;
  if (text.trim() === "") throw new NoAnswer("cut", "its answer is empty");
  throw new NoAnswer("foreign", `it sent "${text.trim().slice(0, 80)}", which is not a JSON object`);
}
