import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components";
import { Link, useLocation } from "wouter";
import { listExperiments } from "../api/store.js";
import { formatNumber } from "../format/numbers.js";
import icon from "../icon.svg";
import type { LiveState } from "../live/use-changes.js";
import { Icon, type IconName } from "../parts/icon.js";
import { useTheme, type Theme } from "./theme.js";

/** So many experiments are listed; the palette finds the others. */
const LISTED = 30;
const THEMES: Record<Theme, { icon: IconName; name: string }> = {
  system: { icon: "screen", name: "Theme: as the system" },
  light: { icon: "sun", name: "Theme: light" },
  dark: { icon: "moon", name: "Theme: dark" },
};
const LIVE: Record<LiveState, string> = { connecting: "Connecting", live: "Live", away: "Not connected" };

/** The bar with the pages, the experiments, and the choice of theme: at the left, or at the top of narrow windows. */
export function Navigation({ live, openPalette }: { live: LiveState; openPalette: () => void }): ReactElement {
  const [theme, nextTheme] = useTheme();
  const { icon: themeIcon, name } = THEMES[theme];
  return (
    <header className="bar">
      <Link href="/" className="brand">
        <img src={icon} alt="" width="24" height="24" />
        <span>llmops</span>
      </Link>
      <Button className="search-button" aria-label="Go to… Ctrl K" onPress={openPalette}>
        <Icon name="search" />
        <span>Go to…</span>
        <kbd>Ctrl K</kbd>
      </Button>
      <nav aria-label="Pages">
        <Place to="/" icon="home" name="Home" isExact />
        <Place to="/experiments/all" icon="runs" name="Runs" />
        <Place to="/traces" icon="traces" name="Traces" />
        <Place to="/models" icon="models" name="Models" />
        <Place to="/monitor" icon="monitor" name="Monitor" />
        <Place to="/playground" icon="chat" name="Playground" />
      </nav>
      <Experiments />
      <div className="bar-end">
        <span className="live" data-live={live} role="status">
          {LIVE[live]}
        </span>
        <Button className="icon-button" aria-label={name} onPress={nextTheme}>
          <Icon name={themeIcon} />
        </Button>
      </div>
    </header>
  );
}

function Place({ to, icon, name, isExact = false }: { to: string; icon: IconName; name: string; isExact?: boolean }): ReactElement {
  const [location] = useLocation();
  const isHere = isExact ? location === to : location.startsWith(to);
  return (
    <Link href={to} className="place" title={name} aria-current={isHere ? "page" : undefined}>
      <Icon name={icon} />
      <span>{name}</span>
    </Link>
  );
}

function Experiments(): ReactElement {
  const { data = [] } = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) });
  const [words, setWords] = useState("");
  const found = data.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()));
  return (
    <nav className="experiments" aria-label="Experiments">
      <h2>
        <ExperimentsLink />
      </h2>
      {data.length > 8 && (
        <input
          type="search"
          aria-label="Find an experiment"
          placeholder="Find…"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      )}
      <ul>
        {found.slice(0, LISTED).map(({ experiment_id, name }) => (
          <li key={experiment_id}>
            <ExperimentLink id={experiment_id} name={name} />
          </li>
        ))}
      </ul>
      {found.length > LISTED && <p>{formatNumber(found.length - LISTED)} more: find them by name.</p>}
    </nav>
  );
}

function ExperimentsLink(): ReactElement {
  const [location] = useLocation();
  return (
    <Link
      href="/experiments"
      title="Create, rename, archive, and restore experiments"
      aria-current={location === "/experiments" ? "page" : undefined}
    >
      Experiments
    </Link>
  );
}

function ExperimentLink({ id, name }: { id: string; name: string }): ReactElement {
  const [location] = useLocation();
  const here = `/experiments/${id}`;
  const isHere = location === here || location.startsWith(`${here}/`);
  return (
    <Link href={here} className="place" title={name} dir="auto" aria-current={isHere ? "page" : undefined}>
      <span>{name}</span>
    </Link>
  );
}
