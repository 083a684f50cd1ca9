import type { ReactElement } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { Icon } from "../../parts/icon.js";
import { dimensionId, type Dimension } from "./chart-data.js";

interface SelectProps {
  label: string;
  all: readonly Dimension[];
  value: Dimension | undefined;
  choose: (id: string) => void;
}

/** Chooses a dimension of runs. */
export function DimensionSelect({ label, all, value, choose }: SelectProps): ReactElement {
  const kinds = { param: "Parameters", metric: "Metrics" } as const;
  return (
    <label>
      {label}
      <select value={value ? dimensionId(value) : ""} onChange={(event) => choose(event.target.value)}>
        {(["param", "metric"] as const).map((kind) => (
          <optgroup key={kind} label={kinds[kind]}>
            {all
              .filter((dimension) => dimension.kind === kind)
              .map((dimension) => (
                <option key={dimensionId(dimension)} value={dimensionId(dimension)}>
                  {dimension.key}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

interface AxesProps {
  all: readonly Dimension[];
  chosen: readonly Dimension[];
  choose: (axes: Dimension[]) => void;
}

/** Chooses which dimensions are axes, in the order in which they are chosen. */
export function AxesChooser({ all, chosen, choose }: AxesProps): ReactElement {
  const ids = chosen.map(dimensionId);
  const toggle = (dimension: Dimension) => {
    const id = dimensionId(dimension);
    choose(ids.includes(id) ? chosen.filter((each) => dimensionId(each) !== id) : [...chosen, dimension]);
  };
  return (
    <DialogTrigger>
      <Button>
        <Icon name="columns" /> Axes
      </Button>
      <Popover className="popover chooser" placement="bottom end">
        <Dialog aria-label="Axes">
          <div className="chooser-body">
            <div className="chooser-lists">
              {[...chosen, ...all.filter((dimension) => !ids.includes(dimensionId(dimension)))].map((dimension) => (
                <label key={dimensionId(dimension)}>
                  <input type="checkbox" checked={ids.includes(dimensionId(dimension))} onChange={() => toggle(dimension)} />
                  <span dir="auto">{dimension.key}</span>
                  <small>{dimension.kind === "metric" ? "metric" : "parameter"}</small>
                </label>
              ))}
            </div>
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
