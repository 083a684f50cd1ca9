import type { JsonObject } from "../../../inference/openai/json-object.js";

/** The events of one stream as they are written, each with its number. */
export class EventLog {
  private next = 0;
  private text = "";

  /** Writes an event, "event: name" and "data: {json}", after those before it. */
  write(type: string, members: JsonObject): void {
    this.text += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.next++, ...members })}\n\n`;
  }

  /** What has been written since it was last taken. */
  take(): string {
    const { text } = this;
    this.text = "";
    return text;
  }
}
