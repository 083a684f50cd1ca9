import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { ApiError } from "../../api/client.js";
import { DialogButton } from "../../parts/dialog-button.js";
import { DialogForm } from "../../parts/dialog-form.js";
import type { IconName } from "../../parts/icon.js";
import { useAnnounce } from "../../parts/toasts.js";
import { TOUCHED } from "./use-experiments.js";

interface Props {
  icon: IconName;
  name: string;
  verb: string;
  /** What it then is, such as "renamed". */
  done: string;
  value?: string;
  /** Makes or renames the experiment. */
  save: (name: string) => Promise<void>;
}

/** A button that asks for the name of an experiment; the dialog stays open until a name is taken that is free. */
export function NameDialog({ icon, name, ...form }: Props): ReactElement {
  return <DialogButton {...{ icon, name }}>{(close) => <NameForm {...form} {...{ name, close }} />}</DialogButton>;
}

function NameForm({ name: title, verb, done, value = "", save, close }: Omit<Props, "icon"> & { close: () => void }): ReactElement {
  const [name, setName] = useState(value);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const client = useQueryClient();
  const announce = useAnnounce();
  const submit = async () => {
    setBusy(true);
    try {
      await save(name.trim());
      close();
      announce(`The experiment is ${done}.`);
      await Promise.all(TOUCHED.map((key) => client.invalidateQueries({ queryKey: [key] })));
    } catch (problem) {
      setError(whyNot(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <DialogForm {...{ title, verb, isBusy, close }} submit={() => void submit()}>
      <label>
        Name
        <input
          required
          autoFocus
          pattern=".*\S.*"
          title="A name that is more than spaces"
          dir="auto"
          value={name}
          aria-invalid={error !== ""}
          aria-describedby={error === "" ? undefined : "name-error"}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {error !== "" && (
        <p id="name-error" className="bad" role="alert" dir="auto">
          {error}
        </p>
      )}
    </DialogForm>
  );
}

function whyNot(problem: unknown): string {
  if (problem instanceof ApiError && problem.code === "RESOURCE_ALREADY_EXISTS")
    return "Another experiment has this name already, perhaps an archived one.";
  return problem instanceof Error ? problem.message : String(problem);
}
