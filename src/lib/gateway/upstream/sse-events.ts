import { createParser } from "eventsource-parser";

/** The data of server-sent events as their bytes arrive, up to "[DONE]". True at the end of `finished` only if that came. */
export async function* readEventData(body: AsyncIterable<Uint8Array>, finished: { done: boolean }): AsyncGenerator<string> {
  const ready: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => ready.push(data) });
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    for (const data of ready.splice(0)) {
      if (data === "[DONE]") {
        finished.done = true;
        return;
      }
      yield data;
    }
  }
}
