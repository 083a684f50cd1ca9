import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { deleteTraceTag, getSpans, getTrace, setTraceTag, type Trace } from "../../api/traces.js";
import { formatNumber } from "../../format/numbers.js";
import { Failure, Loading } from "../../parts/states.js";
import { TagsCard } from "../../parts/tags-card.js";
import { TextContent } from "../../parts/text-content.js";
import { useAction } from "../../parts/use-action.js";
import { usePathPart } from "../../parts/use-path-part.js";
import { useTitle } from "../../parts/use-title.js";
import { ValueList } from "../run/value-list.js";
import { AssessmentsCard } from "./assessments-card.js";
import { SpansCard } from "./spans-card.js";
import { TraceHead } from "./trace-head.js";
import { requestOf, responseOf } from "./trace-texts.js";

/** Everything about a traced call. */
export function TracePage(): ReactElement {
  const traceId = usePathPart(1);
  const { data: trace, error, refetch } = useQuery({ queryKey: ["trace", traceId], queryFn: ({ signal }) => getTrace(traceId, signal) });
  useTitle(trace?.request_preview?.slice(0, 80) ?? "Trace");
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!trace) return <Loading lines={10} label="Loading the trace" />;
  return (
    <div className="page trace-page">
      <TraceHead trace={trace} />
      <div className="columns trace-columns">
        <div className="column">
          <Texts trace={trace} />
          <Spans traceId={traceId} />
        </div>
        <div className="column">
          <AssessmentsCard trace={trace} />
          <Tags trace={trace} />
          <ValueList title="Metadata" values={pairs(trace.trace_metadata)} none="No metadata" />
        </div>
      </div>
    </div>
  );
}

function Texts({ trace }: { trace: Trace }): ReactElement {
  return (
    <>
      {[["Request", requestOf(trace)] as const, ["Response", responseOf(trace)] as const].map(([title, { text, isCut }]) => (
        <section key={title} className="card" aria-label={title}>
          <div className="card-head">
            <h2>{title}</h2>
            {isCut && <span className="soft">the first {formatNumber(text.length)} characters, as the store keeps them</span>}
          </div>
          {text === "" ? <p className="soft">Not recorded</p> : <TextContent text={text} />}
        </section>
      ))}
    </>
  );
}

function Spans({ traceId }: { traceId: string }): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: ["trace", traceId, "spans"],
    queryFn: ({ signal }) => getSpans(traceId, signal),
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return data ? <SpansCard found={data} /> : <Loading lines={4} label="Loading the spans" />;
}

function Tags({ trace: { trace_id, tags } }: { trace: Trace }): ReactElement {
  const [act, isBusy] = useAction(["trace", "traces"]);
  const own = pairs(tags).filter(({ key }) => !key.startsWith("mlflow."));
  return (
    <>
      <TagsCard
        tags={own}
        isBusy={isBusy}
        set={(key, value) => act(() => setTraceTag(trace_id, key, value), "The tag is set.")}
        remove={(key) => act(() => deleteTraceTag(trace_id, key), "The tag is removed.")}
      />
      <ValueList title="System tags" values={pairs(tags).filter(({ key }) => key.startsWith("mlflow."))} none="No system tags" />
    </>
  );
}

function pairs(values: Record<string, string> = {}): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
