import type { ReactElement } from "react";
import { Link } from "wouter";
import { formatDuration, formatTime } from "../../format/times.js";
import { Command } from "../../parts/command.js";
import { Fact } from "../../parts/fact.js";
import { Status } from "../../parts/status.js";
import { STUDY_KINDS } from "../../parts/study-kinds.js";
import { StudyProgress } from "../run/study-progress.js";
import { StopStudy } from "./stop-study.js";
import type { Study } from "./use-study.js";

/** The name of a study, how far it is, what it found, how it is stopped, and how it is continued and repeated. */
export function StudyHead({ study }: { study: Study }): ReactElement {
  const { run, tags, document } = study;
  const { run_id, run_name = run_id, status } = run.info;
  const kind = tags.get("llmops.kind") ?? document?.kind ?? "";
  return (
    <header className="run-head">
      <div className="title-line">
        <h1 dir="auto">{run_name}</h1>
        <span className="chip">{STUDY_KINDS.get(kind) ?? kind.slice(0, 40)}</span>
        <div className="title-actions">
          <Link className="button-link" href={`/runs/${run_id}`}>
            Run
          </Link>
          {status === "RUNNING" && <StopStudy runId={run_id} name={run_name} isAsked={tags.get("llmops.stop") === "true"} />}
        </div>
      </div>
      <Facts study={study} />
      <StudyProgress tags={tags} status={status} />
      <Commands study={study} />
    </header>
  );
}

/** Of runs and of documents: what can be continued. */
const UNFINISHED = ["RUNNING", "KILLED", "FAILED", "interrupted", "budget spent"];

/** The commands that continue a study which is not finished, and that repeat it. */
function Commands({ study: { run, tags, document } }: { study: Study }): ReactElement | null {
  const { status } = run.info;
  const start = document?.result.command;
  const isUnfinished = [status, document?.status ?? ""].some((one) => UNFINISHED.includes(one));
  const resume = isUnfinished ? tags.get("llmops.resume") : undefined;
  const repeat = start?.replace(/ --json(?= |$)/, ""); // it only says how the result is printed
  const canResume = resume !== undefined && resume !== start; // what cannot be resumed is repeated
  if (!canResume && repeat === undefined) return null;
  return (
    <div className="commands">
      {canResume && <Command label={status === "RUNNING" ? "Resume it later" : "Resume it"} line={resume} />}
      {repeat !== undefined && <Command label="Repeat it" line={repeat} />}
    </div>
  );
}

function Facts({ study: { run, document } }: { study: Study }): ReactElement {
  const { start_time, end_time, status } = run.info;
  const facts = document ? factsOf(document.result) : paramFacts(run.data.params ?? []);
  const duration = start_time !== undefined && end_time !== undefined ? end_time - start_time : undefined;
  return (
    <dl className="facts">
      <Fact name="Status">
        <Status status={status} />
        {document?.status === "budget spent" && <span className="chip">budget spent</span>}
      </Fact>
      <Fact name="Started">{formatTime(start_time)}</Fact>
      {duration !== undefined && <Fact name="Duration">{formatDuration(duration)}</Fact>}
      {facts.map(([name, text]) => (
        <Fact key={name} name={name}>
          {text.slice(0, 300)}
        </Fact>
      ))}
    </dl>
  );
}

/** What the run of a study says of it before there is a document, or where there never was one. */
function paramFacts(params: readonly { key: string; value: string }[]): [name: string, text: string][] {
  const values = new Map(params.map(({ key, value }) => [key, value]));
  const dataset = values.get("dataset");
  const samples = values.get("samples");
  const path = dataset?.split(/[\\/]/).at(-1);
  const facts: [string, string | undefined][] = [
    ["Model", values.get("model")],
    ["Dataset", path === undefined || samples === undefined ? path : `${path}, ${samples} rows`],
    ["Scorer", values.get("scorer")],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

type Result = NonNullable<Study["document"]>["result"];

function factsOf(result: Result): [name: string, text: string][] {
  const rows = (path: string, samples: number): [string, string] => ["Dataset", `${path.split(/[\\/]/).at(-1) ?? path}, ${samples} rows`];
  const models = (list: readonly { model: string }[]) => list.map(({ model }) => model).join(", ");
  switch (result.schema) {
    case "llmops.sweep/3":
      return [
        ["Model", result.study.model],
        rows(result.study.dataset.path, result.study.dataset.samples),
        ["Scorer", result.study.scorer],
      ];
    case "llmops.optimize/1": {
      const { model, dataset, sampler } = result.study;
      return [["Model", model], rows(dataset.path, dataset.samples), ["Held out", `${dataset.held_out} rows`], ["Sampler", sampler]];
    }
    case "llmops.judge/2":
      return [
        ...([["Answers of", result.target.model]] as [string, string][]),
        ...([["Judge", `${models(result.judge.models)} (${result.judge.method})`]] as [string, string][]),
        rows(result.study.dataset.path, result.study.dataset.samples),
      ];
    case "llmops.pairwise/2":
      return [
        ...([["Judge", `${models(result.judge.models)} (${result.judge.method})`]] as [string, string][]),
        rows(result.study.dataset.path, result.study.samples),
      ];
    case "llmops.bench/2":
      return [
        ["Model", result.model],
        ["Target", result.target],
        ["Tokens at most", String(result.max_tokens)],
      ];
    default:
      return [];
  }
}
