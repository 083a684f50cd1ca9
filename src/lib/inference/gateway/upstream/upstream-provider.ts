import type { Dispatcher } from "undici";
import { NoAnswer } from "../../openai/answer-check.js";
import { toUsage } from "../../openai/endpoint-reader.js";
import { parseObject } from "../../openai/json-object.js";
import { readAnswer, readText } from "../../openai/read-answer.js";
import { readServerWords } from "../../openai/server-words.js";
import { originOf, type Answer, type AnswerFacts, type Call, type JsonObject, type Provider } from "../call.js";
import { whenBegun } from "../stream.js";
import { DeadlineClock } from "../with-deadlines.js";
import { forbidsKeeping } from "./may-keep.js";
import { choicesAsked, isCompletion, toEvent, typeOf } from "./upstream-answer.js";
import { UpstreamConnection, type UpstreamOptions } from "./upstream-connection.js";
import type { UpstreamFaults } from "./upstream-faults.js";
import { noteLoss, type LostAnswer } from "./upstream-loss.js";

/** One request to an upstream while it is under way; its facts are as the upstream itself says, also with an answer that failed. */
interface Exchange extends LostAnswer {
  begun: number;
  clock: DeadlineClock;
  /** The answer is handed on and ends by itself. */
  streams: boolean;
  end: () => void;
}

/** An OpenAI-compatible server that calls are passed on to: what a client sends and what it answers stay as they are. */
export class UpstreamProvider implements Provider {
  readonly name: string;
  readonly identity: string;
  /** Answers under way. */
  outstanding = 0;
  private readonly connection: UpstreamConnection;

  /** Throws INVALID_ARGUMENT for what is not a URL. */
  constructor(options: UpstreamOptions) {
    this.connection = new UpstreamConnection(options);
    this.name = options.name;
    this.identity = `${this.location}#${options.model ?? ""}`;
  }

  /** Where it is, for messages. */
  get location(): string {
    return this.connection.location;
  }

  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const exchange = this.begin(call, signal);
    const { facts } = exchange;
    try {
      const response = await this.connection.send(call, exchange.clock.signal);
      exchange.isAnswering = true;
      facts.unkept = forbidsKeeping(call.path, response);
      if (!call.stream) return await this.readWhole(call, response, exchange);
      const events = await whenBegun(this.readStream(call, response, exchange));
      exchange.streams = true;
      return { kind: "stream", events, facts, origin: originOf(this.name, performance.now() - exchange.begun) };
    } catch (cause) {
      const fault = this.faults.toFault(cause, signal);
      noteLoss(call, exchange, { cause, fault });
      throw fault;
    } finally {
      if (!exchange.streams) exchange.end();
    }
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private get faults(): UpstreamFaults {
    return this.connection.faults;
  }

  private begin(call: Call, outer: AbortSignal): Exchange {
    const clock = new DeadlineClock(call.deadlines, outer);
    if (call.spending) call.spending.sofar = undefined;
    this.outstanding++;
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      clock.stop();
      this.outstanding--;
    };
    const facts: AnswerFacts = { usage: undefined, timing: undefined };
    return { begun: performance.now(), facts, isAnswering: false, clock, outer, streams: false, end };
  }

  private async readWhole(call: Call, response: Dispatcher.ResponseData, { begun, facts }: Exchange): Promise<Answer> {
    const onBody = (body: JsonObject) => (facts.usage = toUsage(body["usage"]));
    const body = isCompletion(call.path) ? await this.readOne(call, response, onBody) : await this.readOther(call, response, onBody);
    const totalMs = performance.now() - begun;
    const { usage } = facts;
    const timing = { firstTokenMs: totalMs, totalMs };
    return { kind: "whole", body, usage, timing, unkept: facts.unkept ?? false, origin: originOf(this.name, totalMs) };
  }

  /** The one part of an answer that was not to be streamed. */
  private async readOne(call: Call, { headers, body }: Dispatcher.ResponseData, onBody: (body: JsonObject) => void): Promise<JsonObject> {
    const contentType = typeOf(headers);
    if (contentType?.startsWith("text/event-stream")) throw this.faults.garbage("a stream instead of one answer");
    let whole: JsonObject = {};
    const answer = { contentType, body: body as AsyncIterable<Uint8Array>, onBody };
    for await (const part of readAnswer(answer, choicesAsked(call))) whole = part.body;
    return whole;
  }

  /** The answer of a route whose shape is not known here, or of embeddings. */
  private async readOther({ path }: Call, { body }: Dispatcher.ResponseData, onBody: (body: JsonObject) => void): Promise<JsonObject> {
    const text = await readText(body as AsyncIterable<Uint8Array>);
    const whole = parseObject(text);
    if (!whole) throw this.faults.garbage(`"${text.slice(0, 80)}", which is not a JSON object`);
    onBody(whole);
    const isError = path === "/v1/embeddings" && !Array.isArray(whole["data"]);
    if (isError) throw new NoAnswer("error", readServerWords(text).message);
    return whole;
  }

  private async *readStream(
    call: Call,
    { body, headers }: Dispatcher.ResponseData,
    { begun, facts, clock, outer, end }: Exchange,
  ): AsyncGenerator<JsonObject> {
    let firstTokenMs: number | undefined;
    try {
      const onBody = (event: JsonObject) => (facts.usage = toUsage(event["usage"]) ?? facts.usage);
      const answer = { contentType: typeOf(headers), body: body as AsyncIterable<Uint8Array>, onBody };
      for await (const part of readAnswer(answer, choicesAsked(call))) {
        // a role or an end alone is not a token
        if (part.hasContent) {
          clock.token();
          firstTokenMs ??= performance.now() - begun;
        }
        const event = toEvent(part);
        if (event) yield event;
      }
      clock.signal.throwIfAborted();
      const totalMs = performance.now() - begun;
      facts.timing = { firstTokenMs: firstTokenMs ?? totalMs, totalMs };
    } catch (cause) {
      throw this.faults.toFault(clock.signal.aborted ? clock.signal.reason : cause, outer, "broken_stream");
    } finally {
      end();
      body.destroy();
    }
  }
}
