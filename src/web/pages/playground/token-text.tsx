import { useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import type { TokenProbability } from "../../api/playground.js";
import { count } from "../../format/numbers.js";
import { formatIn } from "../../format/units.js";

/** An answer token by token: the less probable a token was, the stronger its ground. The token that is pointed at shows what else could have been. */
export function TokenText({ tokens }: { tokens: readonly TokenProbability[] }): ReactElement {
  const [shown, show] = useState(-1);
  const text = useRef<HTMLParagraphElement>(null);
  const token = tokens[shown];
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") show(-1);
    if (step === undefined) return;
    event.preventDefault();
    show(Math.min(tokens.length - 1, Math.max(0, shown + step)));
  };
  return (
    <div className="token-answer" onMouseLeave={() => show(-1)} onBlur={() => show(-1)}>
      <p
        ref={text}
        className="plain-text tokens"
        dir="auto"
        tabIndex={0}
        role="group"
        aria-label={`Answer in ${count(tokens.length, "token")}; the arrow keys go through them: ${tokens.map((one) => one.token).join("")}`}
        onKeyDown={move}
        onMouseOver={({ target }) => {
          const at = (target as HTMLElement).dataset["at"];
          if (at !== undefined) show(Number(at));
        }}
      >
        {tokens.map((one, i) => (
          <span key={i} data-at={i} data-shown={i === shown || undefined} style={{ "--doubt": doubtOf(one) } as React.CSSProperties}>
            {one.token}
          </span>
        ))}
      </p>
      <div className="token-card" role="status">
        {token ? <Choices token={token} /> : <span className="soft">Point at a token to see its probability.</span>}
      </div>
    </div>
  );
}

function Choices({ token }: { token: TokenProbability }): ReactElement {
  const others = (token.top_logprobs ?? []).filter((other) => other.token !== token.token);
  const choices = [token, ...others].sort((a, b) => b.logprob - a.logprob);
  return (
    <ol>
      {choices.map((choice, i) => (
        <li key={i} aria-current={choice === token || undefined}>
          <code dir="auto">{visible(choice.token)}</code>
          <span className="meter">
            <span style={{ width: `${100 * probability(choice.logprob)}%` }} />
          </span>
          <span>{formatIn("ratio", probability(choice.logprob))}</span>
        </li>
      ))}
    </ol>
  );
}

function probability(logprob: number): number {
  return Number.isFinite(logprob) ? Math.min(1, Math.exp(logprob)) : 0;
}

/** From 0 for a token that was certain to 0.8 for one that hardly could be. */
function doubtOf({ logprob }: TokenProbability): number {
  return 0.8 * (1 - probability(logprob));
}

/** Spaces and line breaks as signs. */
function visible(token: string): string {
  return token === "" ? "(end)" : token.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}
