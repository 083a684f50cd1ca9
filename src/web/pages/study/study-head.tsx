import type { ReactElement, ReactNode } from "react";
import { formatDuration, formatTime } from "../../format/times.js";
import { Command } from "../../parts/command.js";
import { Fact } from "../../parts/fact.js";
import { PageButton } from "../../parts/page-link.js";
import { Status } from "../../parts/status.js";
import { nameOfStudy } from "../../parts/study-kinds.js";
import { StudyProgress } from "../run/study-progress.js";
import { commandsOf } from "./study-commands.js";
import { durationOf, factsOf, paramFacts } from "./study-facts.js";
import type { Study } from "./use-study.js";

interface Props {
  study: Study;
  /** What can be done with it, where anything can. */
  action?: ReactNode;
  /** How its verdict was told, and what a reader has to mind: sentences. */
  method?: readonly string[];
  notes?: readonly string[];
}

/** The name of a study, how far it is, what it found, and how it is continued and repeated. */
export function StudyHead({ study, action, method = [], notes = [] }: Props): ReactElement {
  const { run, tags, document } = study;
  const { run_id, run_name = run_id, status } = run.info;
  const kind = tags.get("llmops.kind") ?? document?.kind ?? "";
  return (
    <header className="run-head">
      <div className="title-line">
        <h1 dir="auto">{run_name}</h1>
        <span className="chip">{nameOfStudy(kind, tags.get("llmops.resume") ?? document?.resume)}</span>
        <div className="title-actions">
          <PageButton href={`/runs/${run_id}`}>Run</PageButton>
          {action}
        </div>
      </div>
      <Facts study={study} />
      <StudyProgress tags={tags} status={status} />
      {method.length > 0 && <p className="soft study-method">{method.join(" ")}</p>}
      {notes.map((note) => (
        <p key={note} className="notice study-notice" dir="auto">
          {note.slice(0, 2000)}
        </p>
      ))}
      <Commands study={study} />
    </header>
  );
}

/** The commands that continue a study which is not finished, and that repeat it. */
function Commands({ study: { run, tags, document } }: { study: Study }): ReactElement | null {
  const { status } = run.info;
  const { resume, repeat } = commandsOf({
    ...{ statuses: [status, document?.status ?? ""], next: tags.get("llmops.resume"), start: document?.result.command },
  });
  if (resume === undefined && repeat === undefined) return null;
  return (
    <div className="commands">
      {resume !== undefined && <Command label={status === "RUNNING" ? "Resume it later" : "Resume it"} line={resume} />}
      {repeat !== undefined && <Command label="Repeat it" line={repeat} />}
    </div>
  );
}

function Facts({ study: { run, document } }: { study: Study }): ReactElement {
  const { start_time, end_time, status } = run.info;
  const facts = document ? factsOf(document.result) : paramFacts(run.data.params ?? []);
  const duration = start_time !== undefined && end_time !== undefined ? end_time - start_time : durationOf(document?.result);
  return (
    <dl className="facts">
      <Fact name="Status">
        <Status status={status} />
        {document?.status === "budget spent" && <span className="chip">budget spent</span>}
      </Fact>
      {start_time !== undefined && <Fact name="Started">{formatTime(start_time)}</Fact>}
      {duration !== undefined && <Fact name="Duration">{formatDuration(duration)}</Fact>}
      {facts.map(([name, text]) => (
        <Fact key={name} name={name}>
          {text.slice(0, 300)}
        </Fact>
      ))}
    </dl>
  );
}
