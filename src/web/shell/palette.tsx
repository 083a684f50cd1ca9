import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactElement } from "react";
import { Autocomplete, Dialog, Input, Menu, MenuItem, MenuSection, Header, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { useLocation } from "wouter";
import type { RunRow } from "../api/documents.js";
import { queryRuns } from "../api/runs.js";
import { listModels } from "../api/registry.js";
import { listExperiments } from "../api/store.js";
import { isStudyKind, nameOfStudy } from "../parts/study-kinds.js";
import { useDebounced } from "../parts/use-debounced.js";

interface Goal {
  /** Where it leads, below the application's base. */
  to: string;
  name: string;
  about?: string;
}

const MOST = 8;
const PAGES: Goal[] = [
  { to: "/", name: "Home" },
  { to: "/experiments/all", name: "All runs" },
  { to: "/experiments", name: "Experiments", about: "create, rename, archive" },
  { to: "/traces", name: "Traces" },
  { to: "/models", name: "Models" },
  { to: "/playground", name: "Playground", about: "ask two settings" },
  { to: "/monitor", name: "Monitor", about: "watched servers" },
  { to: "/monitor?tab=canary", name: "Canary", about: "whether models answer as they did" },
];

/** Goes anywhere: pages, experiments, models, and runs, found as one types. Ctrl+K or Cmd+K opens it. */
export function Palette({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange: (isOpen: boolean) => void }): ReactElement {
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      onOpenChange(true);
    };
    window.addEventListener("keydown", open);
    return () => window.removeEventListener("keydown", open);
  }, [onOpenChange]);
  return (
    <ModalOverlay className="overlay overlay-top" isOpen={isOpen} onOpenChange={onOpenChange} isDismissable>
      <Modal className="modal palette">
        <Dialog aria-label="Go to">
          <Search close={() => onOpenChange(false)} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Search({ close }: { close: () => void }): ReactElement {
  const [text, setText] = useState("");
  const [, navigate] = useLocation();
  const sections = useGoals(text);
  const isEmpty = sections.every(({ goals }) => goals.length === 0);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField autoFocus aria-label="Page, experiment, model, or run">
        <Input placeholder="Go to a page, experiment, model, or run" />
      </SearchField>
      <Menu
        aria-label="Places"
        className="menu palette-list"
        onAction={(key) => {
          close();
          navigate(String(key));
        }}
      >
        {sections
          .filter(({ goals }) => goals.length > 0)
          .map(({ title, goals }) => (
            <MenuSection key={title}>
              <Header>{title}</Header>
              {goals.map(({ to, name, about }) => (
                <MenuItem key={to} id={to} textValue={name} className="menu-item">
                  <span dir="auto">{name}</span>
                  {about !== undefined && <small dir="auto">{about}</small>}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
      </Menu>
      {isEmpty && <p className="palette-none">Nothing found.</p>}
    </Autocomplete>
  );
}

function useGoals(text: string): { title: string; goals: Goal[] }[] {
  const words = useDebounced(text.trim(), 120);
  const experiments = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) });
  const runs = useQuery({
    queryKey: ["runs", "find", words],
    queryFn: ({ signal }) => queryRuns({ experiment_ids: [], words, order_by: ["attributes.start_time DESC"] }, 0, MOST, signal),
    placeholderData: (before) => before,
  });
  const models = useQuery({ queryKey: ["models"], queryFn: ({ signal }) => listModels(signal) });
  const names = new Map((experiments.data ?? []).map(({ experiment_id, name }) => [experiment_id, name]));
  const found = runs.data?.runs ?? [];
  const has = (name: string) => name.toLowerCase().includes(text.trim().toLowerCase());
  return [
    { title: "Pages", goals: PAGES.filter(({ name }) => has(name)) },
    {
      title: "Experiments",
      goals: [...names]
        .filter(([, name]) => has(name))
        .slice(0, MOST)
        .map(([id, name]) => ({ to: `/experiments/${id}`, name })),
    },
    {
      title: "Models",
      goals: (models.data ?? [])
        .filter(({ name }) => has(name))
        .slice(0, MOST)
        .map(({ name }) => ({ to: `/models/${encodeURIComponent(name)}`, name })),
    },
    {
      title: "Studies",
      goals: found
        .filter(({ tags }) => isStudyKind(tags["llmops.kind"]))
        .map((run) => ({
          to: `/studies/${run.run_id}`,
          name: nameOf(run),
          about: nameOfStudy(run.tags["llmops.kind"] ?? "", run.tags["llmops.resume"]),
        })),
    },
    {
      title: "Runs",
      goals: found.map((run) => ({ to: `/runs/${run.run_id}`, name: nameOf(run), about: names.get(run.experiment_id) ?? "" })),
    },
  ];
}

function nameOf({ run_name, run_id }: RunRow): string {
  return run_name === "" ? run_id : run_name;
}
