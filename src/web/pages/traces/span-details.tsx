import type { ReactElement } from "react";
import type { Span } from "../../api/traces.js";
import { formatDuration } from "../../format/times.js";
import { JsonTree } from "../../parts/json-tree.js";
import { TextContent } from "../../parts/text-content.js";

/** A span in full: what it got and gave, what was noted of it, and what happened in it. */
export function SpanDetails({ span }: { span: Span }): ReactElement {
  const { name, message, inputs, outputs, attributes, events, start_ms } = span;
  return (
    <div className="span-details" role="group" aria-label={`Span ${name}`}>
      <h3 dir="auto">{name === "" ? "unnamed" : name}</h3>
      <p className="soft">
        Starts at {formatDuration(start_ms)}
        {span.duration_ms === null ? "; it has not ended" : `, takes ${formatDuration(span.duration_ms)}`}
      </p>
      {message !== null && (
        <p className="bad plain-text" dir="auto">
          {message}
        </p>
      )}
      <Part title="Inputs" value={inputs} />
      <Part title="Outputs" value={outputs} />
      {Object.keys(attributes).length > 0 && <Part title="Attributes" value={attributes} />}
      {events.map((event, i) => (
        <details key={i} className="thoughts">
          <summary dir="auto">
            {event.name === "" ? "event" : event.name}
            {event.at_ms !== null && `, at ${formatDuration(event.at_ms)}`}
          </summary>
          <JsonTree value={event.attributes} />
        </details>
      ))}
    </div>
  );
}

function Part({ title, value }: { title: string; value: unknown }): ReactElement | null {
  if (value === null || value === undefined) return null;
  return (
    <div className="span-part">
      <h4>{title}</h4>
      {typeof value === "string" ? <TextContent text={value} /> : <JsonTree value={value} />}
    </div>
  );
}
