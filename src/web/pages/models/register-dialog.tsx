import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useLocation } from "wouter";
import { listArtifacts } from "../../api/artifacts.js";
import { listModels, registerModel } from "../../api/registry.js";
import type { Run } from "../../api/runs.js";
import { DialogButton } from "../../parts/dialog-button.js";
import { DialogForm } from "../../parts/dialog-form.js";
import { useAction } from "../../parts/use-action.js";
import { modelPath } from "./versions.js";

const TITLE = "Register a model";

/** A button that makes files of a run the next version of a registered model. */
export function RegisterButton({ run }: { run: Run }): ReactElement {
  return (
    <DialogButton icon="models" name="Register…" title={TITLE}>
      {(close) => <RegisterForm run={run} close={close} />}
    </DialogButton>
  );
}

function RegisterForm({ run: { info }, close }: { run: Run; close: () => void }): ReactElement {
  const { run_id: runId, artifact_uri: root = "" } = info;
  const [, navigate] = useLocation();
  const [act, isBusy] = useAction(["models", "overview"]);
  const [name, setName] = useState("");
  const [path, setPath] = useState("");
  const [description, setDescription] = useState("");
  const { data: models = [] } = useQuery({ queryKey: ["models"], queryFn: ({ signal }) => listModels(signal) });
  const { data: files = [] } = useQuery({
    queryKey: ["artifacts", runId, ""],
    queryFn: ({ signal }) => listArtifacts(runId, "", signal),
  });
  const register = async () => {
    const source = path === "" ? root : `${root}/${path}`;
    const isDone = await act(() => registerModel(name, { runId, source, description }), `The run is registered as a version of ${name}.`);
    if (!isDone) return;
    close();
    navigate(modelPath(name));
  };
  return (
    <DialogForm title={TITLE} verb="Register" isBusy={isBusy} close={close} submit={() => void register()}>
      <label>
        Model
        <input
          required
          autoFocus
          dir="auto"
          list="registered-models"
          placeholder="A new name, or one that is there"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <datalist id="registered-models">
          {models.slice(0, 200).map((model) => (
            <option key={model.name} value={model.name} />
          ))}
        </datalist>
      </label>
      <label>
        Files
        <select value={path} onChange={(event) => setPath(event.target.value)}>
          <option value="">All files of the run</option>
          {files.map((file) => (
            <option key={file.path} value={file.path}>
              {file.is_dir ? `${file.path}/` : file.path}
            </option>
          ))}
        </select>
      </label>
      <label>
        Description
        <input dir="auto" value={description} onChange={(event) => setDescription(event.target.value)} />
      </label>
      <p className="soft">It becomes the next version, with this run as its source: its metrics are what promotion is decided by.</p>
    </DialogForm>
  );
}
