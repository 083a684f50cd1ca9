import type { FastifyRequest } from "fastify";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import type { Answer, Call, JsonObject } from "../../inference/gateway/call.js";
import { Fare } from "../../inference/gateway/fare.js";
import { feedOf, flow, takeAll, type Feed, type Sink } from "../../inference/openai/feed.js";
import type { Timing, Usage } from "../../inference/openai/completion.js";
import { toWireTimings, toWireUsage } from "../../inference/openai/wire-answer.js";
import type { Admitted } from "./admit.js";
import { AnswerSoFar } from "./answer-so-far.js";
import type { CallRecord } from "./call-record.js";
import { bookLosses, charge } from "./charge.js";
import { promptText } from "./prompt-text.js";
import { noteAnswer } from "./request-log.js";
import type { TrackedCall, TrackingChoice } from "./request-tracking.js";
import type { Service } from "./service.js";

/** One call to a model from its admission to its last byte: counted, tracked and settled exactly once. */
export class Exchange {
  /** To be shown to whoever finds the answer. */
  readonly fare: Fare;
  private readonly service: Service;
  private readonly request: FastifyRequest;
  private readonly call: Call;
  private readonly trackingChoice: TrackingChoice;
  private readonly admitted: Admitted;
  private readonly tracked: TrackedCall | undefined;
  /** Who answers, as far as that is known here. */
  private readonly served: { model: string; version: string };
  private readonly begun = performance.now();
  private answer: Answer | undefined;
  private readonly soFar = new AnswerSoFar(this.begun);
  private ended = false;

  constructor(service: Service, request: FastifyRequest, parts: Admitted & { trackingChoice: TrackingChoice }) {
    this.service = service;
    this.request = request;
    this.call = parts.call;
    this.trackingChoice = parts.trackingChoice;
    this.admitted = parts;
    this.fare = new Fare((losses) => bookLosses(service, parts, losses));
    this.served = service.modelOf(parts.call);
    this.tracked = service.tracking?.begin(parts.call, parts.trackingChoice);
    service.callMetrics.begin();
  }

  /** Milliseconds this server itself has taken so far. */
  overheadOf({ origin }: Answer): number {
    return Math.max(0, performance.now() - this.begun - origin.waitedMs);
  }

  /** The body of a whole answer, complete with what this server adds. */
  async finishWhole(answer: Extract<Answer, { kind: "whole" }>): Promise<JsonObject> {
    this.answer = answer;
    this.soFar.takeWhole(answer.body, answer.timing?.firstTokenMs);
    return this.addTo(answer.body, await this.finish(answer.usage, answer.timing));
  }

  /** The events of a stream; the last with choices also has the timings, and one with usage follows if asked for. */
  events(answer: Extract<Answer, { kind: "stream" }>): Feed<JsonObject> {
    return feedOf((sink) => {
      this.answer = answer;
      let held: JsonObject | undefined;
      const stop = flow(answer.events, {
        take: (event) => {
          const isLast = this.note(event);
          const ready = held ? [held] : [];
          if (!isLast) ready.push(event);
          held = isLast ? event : undefined;
          return takeAll(sink, ready);
        },
        end: () => void this.endEvents(answer, held, sink),
        fail: (thrown) => {
          this.fail(thrown);
          sink.fail(thrown);
        },
      });
      return () => {
        this.fail(new DOMException("The client went away.", "AbortError"));
        return stop();
      };
    });
  }

  private async endEvents(
    { facts }: Extract<Answer, { kind: "stream" }>,
    held: JsonObject | undefined,
    sink: Sink<JsonObject>,
  ): Promise<void> {
    try {
      const { usage, timing } = facts;
      const added = await this.finish(usage, timing);
      if (held) void sink.take(this.addTo(held, added));
      if (held && this.call.includeUsage && usage) void sink.take({ ...headOf(held), choices: [], usage: toWireUsage(usage) });
    } catch (error) {
      this.fail(error);
      return sink.fail(error);
    }
    sink.end();
  }

  /** The call ends without a (whole) answer; without effect when it has ended already. */
  fail(error: unknown): void {
    if (this.ended) return;
    const { code } = isAbort(error) ? { code: "ABORTED" as const } : toLlmopsError(error);
    const facts = this.answer?.kind === "stream" ? this.answer.facts : undefined;
    this.end(this.toRecord(facts?.usage, facts?.timing, code));
  }

  /** True where one of the choices ends. */
  private note(event: JsonObject): boolean {
    // of what several read the flight has all
    const { isLast, pauseMs } = this.soFar.takeEvent(event, { counts: !this.fare.events, keepsText: this.tracked !== undefined });
    if (pauseMs !== undefined && this.answer?.origin.cache !== "hit") this.service.callMetrics.notePause(this.served.model, pauseMs);
    return isLast;
  }

  private async finish(usage: Usage | undefined, timing: Timing | undefined): Promise<JsonObject> {
    const { tracking } = this.service;
    this.end(this.toRecord(usage, timing, undefined));
    return {
      ...this.timings(usage, timing),
      ...(this.tracked && tracking && { experiment_tracking: await tracking.describe(this.tracked) }),
    };
  }

  private timings(usage: Usage | undefined, timing: Timing | undefined): JsonObject {
    if (this.answer?.origin.cache === "hit") {
      return { performance: { cached: true, generation_time_seconds: Math.round((performance.now() - this.begun) * 1000) / 1e6 } };
    }
    return usage && timing ? { ...toWireTimings(usage, timing) } : {};
  }

  /** What the provider says itself stays, but for the ids of this server. */
  private addTo(body: JsonObject, added: JsonObject): JsonObject {
    const { experiment_tracking: tracking, ...times } = added;
    const whole: JsonObject = { ...body };
    for (const [name, value] of Object.entries(times)) if (whole[name] === undefined) whole[name] = value;
    if (tracking !== undefined) whole["experiment_tracking"] = tracking;
    whole["request_id"] = this.request.id;
    return whole;
  }

  private toRecord(usage: Usage | undefined, timing: Timing | undefined, errorCode: CallRecord["errorCode"]): CallRecord {
    return {
      call: this.call,
      ...this.served,
      domain: this.trackingChoice.tags["domain"],
      origin: this.answer?.origin,
      usage,
      timing,
      firstTokenMs: this.soFar.firstTokenMs,
      totalMs: performance.now() - this.begun,
      finishReason: this.soFar.finishReason,
      text: this.soFar.text,
      errorCode,
    };
  }

  private end(record: CallRecord): void {
    this.ended = true;
    const { service, tracked, admitted } = this;
    service.callMetrics.end(record);
    noteAnswer(this.request, record);
    if (tracked) service.tracking?.end(tracked, record, () => promptText(service, this.call));
    void charge(service, admitted, { fare: this.fare, heard: this.soFar.tally, errorCode: record.errorCode });
  }
}

function headOf({ id, object, created, model, system_fingerprint: fingerprint }: JsonObject): JsonObject {
  return { id, object, created, model, ...(fingerprint !== undefined && { system_fingerprint: fingerprint }) };
}
