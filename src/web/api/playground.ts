import { ApiError, get, OWN, openStream } from "./client.js";

/** An endpoint that the server may be asked to pass requests to. */
export interface PlaygroundEndpoint {
  id: string;
  url: string;
  models: string[];
  error: string | null;
}

export interface TokenChoice {
  token: string;
  logprob: number;
}

export interface TokenProbability extends TokenChoice {
  top_logprobs?: TokenChoice[];
}

/** An event of a streamed chat completion, as OpenAI's API has it. */
export interface ChatEvent {
  choices?: ({
    delta?: { content?: string | null; reasoning_content?: string | null; reasoning?: string | null; refusal?: string | null } | null;
    finish_reason?: string | null;
    logprobs?: { content?: TokenProbability[] | null } | null;
  } | null)[];
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
  /** As llama-server and `llmops serve` add them. */
  timings?: { predicted_n?: number; predicted_per_second?: number } | null;
  error?: { message?: string } | string | null;
}

/** The endpoints of the playground; none where the server was started without. Throws ApiError. */
export async function playgroundEndpoints(signal?: AbortSignal): Promise<PlaygroundEndpoint[]> {
  try {
    return (await get<{ endpoints: PlaygroundEndpoint[] }>(`${OWN}/playground`, {}, signal)).endpoints;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/**
 * Asks an endpoint for a chat completion; hears of its events until the last. Gives whether the stream said that it ends, with [DONE]. Throws ApiError, an Error that quotes an event that is none of
 * a chat completion, and what the signal aborts with.
 */
export async function streamChat(
  endpoint: string,
  request: object,
  { signal, onEvent }: { signal: AbortSignal; onEvent: (event: ChatEvent) => void },
): Promise<boolean> {
  const body = await openStream(`${OWN}/playground/chat`, { endpoint, request }, signal);
  for await (const data of eventData(body)) {
    if (data === "[DONE]") return true;
    onEvent(toChatEvent(data));
  }
  return false;
}

const LONGEST_QUOTE = 80;

/** An event of a chat completion. Throws an Error that quotes what is none, and says what to do. */
export function toChatEvent(data: string): ChatEvent {
  const event = parsed(data);
  const { choices, error } = (typeof event === "object" && event !== null ? event : {}) as Record<string, unknown>;
  if (
    typeof event === "object" &&
    event !== null &&
    !Array.isArray(event) &&
    (choices === undefined || choices === null || Array.isArray(choices) || error)
  ) {
    return event;
  }
  const quote = data.length > LONGEST_QUOTE ? `${data.slice(0, LONGEST_QUOTE)}…` : data;
  throw new Error(
    `The server sent ${JSON.stringify(quote)}, which is not an event of a chat completion. Check that the address is that of an OpenAI-compatible server, and see its log.`,
  );
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** The data of server-sent events, in order; lines may end with \n, \r\n, or \r, and events anywhere in a chunk. */
export async function* eventData(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  let data: string[] = [];
  for await (const chunk of chunks) {
    rest += chunk;
    const isCut = rest.endsWith("\r"); // its \n may be on the way
    const lines = (isCut ? rest.slice(0, -1) : rest).split(/\r\n|\n|\r/);
    rest = `${lines.pop() ?? ""}${isCut ? "\r" : ""}`;
    for (const line of lines) {
      if (line === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
      } else if (line.startsWith("data:")) data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
    }
  }
  if (rest.startsWith("data:")) data.push(rest.trimEnd().replace(/^data: ?/, ""));
  if (data.length > 0) yield data.join("\n");
}
