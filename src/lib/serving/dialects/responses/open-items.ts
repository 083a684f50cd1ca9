import type { JsonObject } from "../../../inference/openai/json-object.js";
import type { EventLog } from "./event-log.js";
import { newId } from "./new-id.js";
import { callItem, messageItem, refusalPart, textPart, thoughtItem, type ThoughtStyle } from "./output-items.js";

/** What a part of an item is called in events, by what it holds. */
const PARTS = {
  text: { added: "content_part", text: "output_text", index: "content_index", field: "text" },
  refusal: { added: "content_part", text: "refusal", index: "content_index", field: "refusal" },
  thought: { added: "content_part", text: "reasoning_text", index: "content_index", field: "text" },
  summary: { added: "reasoning_summary_part", text: "reasoning_summary_text", index: "summary_index", field: "text" },
} as const;

type PartKind = keyof typeof PARTS;
type Ending = "completed" | "incomplete";

/** An item that a stream is writing. */
export interface OpenItem {
  /** Writes what ends it, and gives it whole. */
  close(status: Ending): JsonObject;
}

/** Where an item stands: what it is written to, and its place among the output. */
interface Place {
  log: EventLog;
  index: number;
}

/** A text that grows, as a part of an item. */
class OpenPart {
  readonly kind: PartKind;
  text = "";
  readonly logprobs: JsonObject[] = [];
  private readonly log: EventLog;
  private readonly at: JsonObject;

  constructor(kind: PartKind, log: EventLog, place: { item_id: string; output_index: number; index: number }) {
    this.kind = kind;
    this.log = log;
    const { index, ...item } = place;
    this.at = { ...item, [PARTS[kind].index]: index };
    log.write(`response.${PARTS[kind].added}.added`, { ...this.at, part: this.part() });
  }

  add(delta: string, logprobs: readonly JsonObject[]): void {
    this.text += delta;
    this.logprobs.push(...logprobs);
    this.log.write(`response.${PARTS[this.kind].text}.delta`, { ...this.at, delta, ...(this.kind === "text" && { logprobs }) });
  }

  close(): JsonObject {
    const { added, text, field } = PARTS[this.kind];
    const whole = { [field]: this.text, ...(this.kind === "text" && { logprobs: this.logprobs }) };
    this.log.write(`response.${text}.done`, { ...this.at, ...whole });
    this.log.write(`response.${added}.done`, { ...this.at, part: this.part() });
    return this.part();
  }

  private part(): JsonObject {
    if (this.kind === "text") return textPart(this.text, [...this.logprobs]);
    if (this.kind === "refusal") return refusalPart(this.text);
    return { type: this.kind === "summary" ? "summary_text" : "reasoning_text", text: this.text };
  }
}

/** What the model says while it says it: text, or the words of a refusal. */
export class OpenMessage implements OpenItem {
  private readonly id = newId("msg");
  private readonly place: Place;
  private readonly parts: JsonObject[] = [];
  private part: OpenPart | undefined;

  constructor(place: Place) {
    this.place = place;
    addItem(place, messageItem(this.id, [], "in_progress"));
  }

  add(kind: "text" | "refusal", delta: string, logprobs: readonly JsonObject[] = []): void {
    if (this.part?.kind !== kind) {
      this.closePart();
      const place = { item_id: this.id, output_index: this.place.index, index: this.parts.length };
      this.part = new OpenPart(kind, this.place.log, place);
    }
    if (delta !== "" || logprobs.length > 0) this.part.add(delta, logprobs);
  }

  close(status: Ending): JsonObject {
    this.closePart();
    return endItem(this.place, messageItem(this.id, this.parts, status));
  }

  private closePart(): void {
    if (this.part) this.parts.push(this.part.close());
    this.part = undefined;
  }
}

/** What the model thinks while it thinks. */
export class OpenThought implements OpenItem {
  private readonly id = newId("rs");
  private readonly place: Place;
  private readonly style: ThoughtStyle;
  private readonly part: OpenPart;

  constructor(place: Place, style: ThoughtStyle) {
    this.place = place;
    this.style = style;
    addItem(place, thoughtItem(this.id, undefined, style, "in_progress"));
    const kind = style.asSummary ? "summary" : "thought";
    this.part = new OpenPart(kind, place.log, { item_id: this.id, output_index: place.index, index: 0 });
  }

  add(delta: string): void {
    this.part.add(delta, []);
  }

  close(status: Ending): JsonObject {
    this.part.close();
    return endItem(this.place, thoughtItem(this.id, this.part.text, this.style, status));
  }
}

/** A call while its arguments come. */
export class OpenCall implements OpenItem {
  private readonly id = newId("fc");
  private readonly place: Place;
  private readonly call: { id: string; name: string; arguments: string };

  constructor(place: Place, { id, name }: { id: string; name: string }) {
    this.place = place;
    this.call = { id, name, arguments: "" };
    addItem(place, callItem(this.id, this.call, "in_progress"));
  }

  add(delta: string): void {
    if (delta === "") return;
    this.call.arguments += delta;
    this.place.log.write("response.function_call_arguments.delta", { item_id: this.id, output_index: this.place.index, delta });
  }

  close(status: Ending): JsonObject {
    const { name, arguments: whole } = this.call;
    const at = { item_id: this.id, output_index: this.place.index };
    this.place.log.write("response.function_call_arguments.done", { ...at, name, arguments: whole });
    return endItem(this.place, callItem(this.id, this.call, status));
  }
}

function addItem({ log, index }: Place, item: JsonObject): void {
  log.write("response.output_item.added", { output_index: index, item });
}

function endItem({ log, index }: Place, item: JsonObject): JsonObject {
  log.write("response.output_item.done", { output_index: index, item });
  return item;
}
