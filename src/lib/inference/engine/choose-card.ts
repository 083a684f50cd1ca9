import { LlmopsError } from "../../base/errors/llmops-error.js";
import { DEMO_MODEL, openModelFile } from "../models/model-file.js";
import { tryCard, type CardTrial } from "./card-trial.js";

/** What the library can be asked to compute with; false is the processor alone. */
export type Card = "cuda" | "vulkan" | "metal" | false;

export interface CardWish {
  gpu: "auto" | "cuda" | "vulkan" | "metal" | "off";
  signal?: AbortSignal | undefined;
  /** Hears of a card that is passed over, and why. */
  onNote?: ((note: string) => void) | undefined;
}

/** What the machine has, and how a card is tried. */
export interface CardFinder {
  /** Kinds whose libraries are installed, the best first. */
  supported: () => Promise<readonly Card[]>;
  try: (kind: "cuda" | "vulkan", signal: AbortSignal | undefined) => Promise<CardTrial>;
}

/** Cards of this process that computed: a program that loads several models tries them once. */
const proven = new Set<Card>();

/** What is installed on this machine, tried with the demo model. */
const MACHINE: CardFinder = {
  async supported() {
    const { getLlamaGpuTypes } = await import("node-llama-cpp");
    return getLlamaGpuTypes("supported");
  },
  async try(kind, signal) {
    if (proven.has(kind)) return { outcome: "computes" };
    const { path } = await openModelFile(DEMO_MODEL);
    const trial = await tryCard(kind, { modelPath: path, signal });
    if (trial.outcome === "computes") proven.add(kind);
    return trial;
  },
};

/**
 * The card that was asked for, or with "auto" the best one that does compute; false where there is none. Throws GPU_UNAVAILABLE for one
 * that was asked for by name and is not there or fails.
 */
export async function chooseCard({ gpu, signal, onNote }: CardWish, finder = MACHINE): Promise<Card> {
  if (gpu === "off") return false;
  const supported = await finder.supported();
  if (gpu !== "auto") {
    const fault = supported.includes(gpu) ? await faultOf(gpu, finder, signal) : {};
    if (fault) throw unavailable(gpu, fault.reason);
    return gpu;
  }
  for (const kind of supported) {
    const fault = await faultOf(kind, finder, signal);
    if (!fault) return kind;
    if (fault.reason) onNote?.(describePassedOver(kind, fault.reason));
  }
  return false;
}

/** Why a card is not used; without a reason there is none. Undefined for one that computes. */
async function faultOf(kind: Card, finder: CardFinder, signal: AbortSignal | undefined): Promise<{ reason?: string } | undefined> {
  if (kind === false || kind === "metal") return undefined;
  const trial = await finder.try(kind, signal);
  if (trial.outcome === "computes") return undefined;
  return trial.outcome === "fails" ? { reason: trial.reason } : {};
}

function describePassedOver(kind: Card, reason: string): string {
  return `The graphics card is not used with ${kind}: it fails to compute (${reason}). ${whatHelps(kind)}`;
}

function whatHelps(kind: Card): string {
  const which = kind === "cuda" ? ": this build of llama.cpp needs one of its own CUDA version or later" : "";
  return `A newer driver usually helps${which}.`;
}

function unavailable(gpu: Card, reason?: string): LlmopsError {
  if (reason === undefined) {
    return new LlmopsError("GPU_UNAVAILABLE", `This machine cannot compute with ${gpu}.`, {
      hint: "Use --gpu auto, which uses a GPU if there is one, or --gpu off.",
    });
  }
  const others = gpu === "cuda" ? "--gpu vulkan or --gpu off" : "--gpu off";
  return new LlmopsError("GPU_UNAVAILABLE", `The graphics card fails to compute with ${gpu}: ${reason}.`, {
    hint: `${whatHelps(gpu)} Until then use ${others}.`,
  });
}
