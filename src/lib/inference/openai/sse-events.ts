import { createParser } from "eventsource-parser";

/** One server-sent event. */
export interface ServerEvent {
  /** Its type, where it is not "message". */
  event: string | undefined;
  data: string;
}

/** More than this in one event is not an event of an answer. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/**
 * Server-sent events as their bytes arrive, the last one also where the stream ends without the empty line after it. `raw` gets the
 * beginning of a stream that has no events. Throws RangeError for an event without an end.
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>, raw: { text: string }): AsyncGenerator<ServerEvent> {
  const ready: ServerEvent[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => ready.push({ event, data }) });
  const decoder = new TextDecoder();
  let pending = 0;
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true });
    if (raw.text.length < 2000) raw.text += text;
    parser.feed(text);
    pending = ready.length > 0 ? 0 : pending + text.length;
    if (pending > MOST_CHARACTERS) throw new RangeError("an event of the stream does not end");
    yield* ready.splice(0);
  }
  parser.feed(`${decoder.decode()}\n\n`);
  yield* ready;
}
