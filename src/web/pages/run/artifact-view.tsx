import { parseExactJson } from "../../format/exact-json.js";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { contentUrl } from "../../api/artifacts.js";
import { getText } from "../../api/client.js";
import { JsonTree } from "../../parts/json-tree.js";
import { Markdown } from "../../parts/markdown.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { ArtifactTableView } from "./artifact-table-view.js";
import { artifactKind } from "./artifact-kind.js";

/** Longer texts are cut: who wants them whole downloads them. */
const MOST_LETTERS = 400_000;
/** Longer JSON is shown as text: parsing it digit by digit would hold up the page. */
const MOST_JSON_LETTERS = 1_000_000;

/** A file as people want to see it. Nothing in it can run: pages are shown in a sandbox, texts as texts. */
export function ArtifactView({ runId, path }: { runId: string; path: string }): ReactElement {
  const kind = artifactKind(path);
  const url = contentUrl(runId, path);
  if (kind === "image") return <ImageView url={url} path={path} />;
  if (kind === "audio" || kind === "video") return <MediaView kind={kind} url={url} path={path} />;
  if (kind === "html") return <iframe className="artifact-page" sandbox="" title={path} src={url} />;
  if (kind === "none")
    return (
      <Empty title="This kind of file is not shown">
        <p>Download it to open it.</p>
      </Empty>
    );
  const source = <TextView url={url} kind={kind === "table" ? "text" : kind} />;
  if (kind !== "table" && kind !== "json") return source;
  return <TableOrSource {...{ runId, path, source }} isAlwaysTable={kind === "table"} />;
}

/** A file that is a table, or its source; what is not a table is shown as its source alone. */
function TableOrSource({ runId, path, source, isAlwaysTable }: TableOrSourceProps): ReactElement {
  const [isSource, setSource] = useState(false);
  if (isSource)
    return (
      <>
        <div className="tools">
          <button type="button" onClick={() => setSource(false)}>
            Show as a table
          </button>
        </div>
        {source}
      </>
    );
  return (
    <ArtifactTableView runId={runId} path={path} otherwise={isAlwaysTable ? undefined : source}>
      <button type="button" onClick={() => setSource(true)}>
        Show the source
      </button>
    </ArtifactTableView>
  );
}

interface TableOrSourceProps {
  runId: string;
  path: string;
  source: ReactElement;
  /** By the end of its name, it is nothing else. */
  isAlwaysTable: boolean;
}

function ImageView({ url, path }: { url: string; path: string }): ReactElement {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <Empty title="The image cannot be shown" />;
  return <img className="artifact-image" src={url} alt={path} onError={() => setBroken(true)} />;
}

/** Sound or a film: only what is played is fetched. */
function MediaView({ kind: Media, url, path }: { kind: "audio" | "video"; url: string; path: string }): ReactElement {
  const [isBroken, setBroken] = useState(false);
  if (isBroken)
    return (
      <Empty title={`The ${Media} cannot be played`}>
        <p>The browser does not know its format, or the file is broken. Download it to open it.</p>
      </Empty>
    );
  return <Media className="artifact-media" controls preload="metadata" src={url} aria-label={path} onError={() => setBroken(true)} />;
}

interface TextProps {
  url: string;
  kind: "json" | "markdown" | "text";
}

function TextView({ url, kind }: TextProps): ReactElement {
  const { data, error, refetch } = useQuery({ queryKey: ["artifacts", "text", url], queryFn: ({ signal }) => getText(url, signal) });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={10} />;
  if (kind === "json" && data.length <= MOST_JSON_LETTERS) return <JsonView text={data} />;
  if (kind === "markdown" && data.length <= MOST_LETTERS) return <Markdown text={data} />;
  return <Plain text={data} />;
}

function JsonView({ text }: { text: string }): ReactElement {
  const value = parsed(text);
  return value === undefined ? <Plain text={text} /> : <JsonTree value={value.json} />;
}

function parsed(text: string): { json: unknown } | undefined {
  try {
    return { json: parseExactJson(text) };
  } catch {
    return undefined;
  }
}

function Plain({ text }: { text: string }): ReactElement {
  return (
    <>
      <pre className="artifact-text" dir="auto" tabIndex={0}>
        {text.slice(0, MOST_LETTERS)}
      </pre>
      {text.length > MOST_LETTERS && <p className="soft">The file is longer than what is shown: download it to read all of it.</p>}
    </>
  );
}
