import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { downloadUrl, listArtifacts, type ArtifactEntry } from "../../api/artifacts.js";
import { formatBytes } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { ArtifactView } from "./artifact-view.js";

/** A run's files: a tree of folders, and the one that is chosen. */
export function Artifacts({ runId }: { runId: string }): ReactElement {
  const [chosen, choose] = useUrlState("artifact", "");
  return (
    <div className="artifacts">
      <nav className="card artifact-tree" aria-label="Files">
        <Folder runId={runId} path="" chosen={chosen} choose={choose} />
      </nav>
      <section className="card artifact-view" aria-label={chosen === "" ? "File" : chosen}>
        {chosen === "" ? (
          <Empty title="Choose a file">
            <p>Images, text, JSON, tables, and HTML are shown here.</p>
          </Empty>
        ) : (
          <>
            <div className="card-head">
              <h2 dir="auto">{chosen}</h2>
              <a className="card-link" href={downloadUrl(runId, chosen)} download>
                Download
              </a>
            </div>
            <ArtifactView key={chosen} runId={runId} path={chosen} />
          </>
        )}
      </section>
    </div>
  );
}

interface FolderProps {
  runId: string;
  path: string;
  chosen: string;
  choose: (path: string) => void;
}

function Folder({ runId, path, chosen, choose }: FolderProps): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: ["artifacts", runId, path],
    queryFn: ({ signal }) => listArtifacts(runId, path, signal),
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Loading lines={3} />;
  if (data.length === 0) return path === "" ? <Empty title="No files" /> : <p className="soft">empty</p>;
  return (
    <ul>
      {data.map((entry) => (
        <Entry key={entry.path} {...{ entry, runId, chosen, choose }} />
      ))}
    </ul>
  );
}

function Entry({ entry, runId, chosen, choose }: Omit<FolderProps, "path"> & { entry: ArtifactEntry }): ReactElement {
  const [isOpen, setOpen] = useState(chosen.startsWith(`${entry.path}/`));
  const name = entry.path.split("/").at(-1) ?? entry.path;
  if (!entry.is_dir) {
    return (
      <li>
        <button type="button" aria-current={entry.path === chosen} onClick={() => choose(entry.path)}>
          <Icon name="file" />
          <span dir="auto">{name}</span>
          {entry.file_size !== undefined && <small>{formatBytes(entry.file_size)}</small>}
        </button>
      </li>
    );
  }
  return (
    <li>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? "down" : "right"} />
        <span dir="auto">{name}</span>
      </button>
      {isOpen && <Folder runId={runId} path={entry.path} chosen={chosen} choose={choose} />}
    </li>
  );
}
