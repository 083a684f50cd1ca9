import { useCallback, useEffect, useRef, useState } from "react";
import { streamChat } from "../../api/playground.js";
import { ended, newAnswer, withEvent, type Answer } from "./answer.js";
import { messagesOf, requestOf, type Message, type Setting, type Side } from "./settings.js";

/** A question with the answers of both sides, and what each side was sent. */
export interface Turn {
  question: string;
  answers: Record<Side, Answer>;
  sent: Record<Side, readonly Message[]>;
}

const SIDES: readonly Side[] = ["a", "b"];

export interface Chat {
  turns: readonly Turn[];
  isBusy: boolean;
  send: (question: string, settings: Record<Side, Setting>) => void;
  /** Ends the answers that are on their way; what came is kept. */
  stop: () => void;
  clear: () => void;
}

/** A conversation with two sides, each of which knows its own answers alone. */
export function useChat(): Chat {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [running, setRunning] = useState(0);
  const control = useRef(new AbortController());
  useEffect(() => () => control.current.abort(), []);
  const change = useCallback((at: number, side: Side, next: (answer: Answer) => Answer) => {
    setTurns((before) =>
      before.map((turn, i) => (i === at ? { ...turn, answers: { ...turn.answers, [side]: next(turn.answers[side]) } } : turn)),
    );
  }, []);
  const ask = async (at: number, side: Side, asked: { setting: Setting; messages: readonly Message[]; signal: AbortSignal }) => {
    const { setting, messages, signal } = asked;
    setRunning((count) => count + 1);
    try {
      const onEvent = (event: Parameters<typeof withEvent>[1]) => change(at, side, (answer) => withEvent(answer, event, performance.now()));
      const isDone = await streamChat(setting.endpoint, requestOf(setting, messages), { signal, onEvent });
      change(at, side, (answer) => ended(answer, isDone));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      change(at, side, (answer) => (signal.aborted ? { ...answer, state: "stopped" } : { ...answer, state: "failed", error: why }));
    } finally {
      setRunning((count) => count - 1);
    }
  };
  const send = (question: string, settings: Record<Side, Setting>) => {
    control.current = new AbortController();
    const { signal } = control.current;
    const past = turns.map((turn) => ({ question: turn.question, answers: { a: said(turn.answers.a), b: said(turn.answers.b) } }));
    const sent = { a: messagesOf(settings.a, "a", past, question), b: messagesOf(settings.b, "b", past, question) };
    const now = performance.now();
    setTurns([...turns, { question, sent, answers: { a: newAnswer(now), b: newAnswer(now) } }]);
    for (const side of SIDES) void ask(turns.length, side, { setting: settings[side], messages: sent[side], signal });
  };
  return {
    ...{ turns, isBusy: running > 0, send },
    stop: () => control.current.abort(),
    clear: () => {
      control.current.abort();
      setTurns([]);
    },
  };
}

function said({ text }: Answer): string | null {
  return text === "" ? null : text;
}
