import { startLlama } from "./load-llama.js";

/** What llama.cpp computes with here. */
export interface ComputeFacts {
  /** "cuda", "vulkan", "metal", or "off" for the processor alone. */
  gpu: string;
  /** Names of cards. */
  cards: string[];
  /** Bytes of their memory that are free, and all of it; 0 without a card. */
  freeBytes: number;
  totalBytes: number;
  /** Cards that are passed over, each in a sentence. */
  passedOver: string[];
}

/** Starts llama.cpp without a model and says what it found. Throws GPU_UNAVAILABLE or MODEL_LOAD_FAILED. */
export async function inspectMachine(gpu: "auto" | "cuda" | "vulkan" | "metal" | "off"): Promise<ComputeFacts> {
  const passedOver: string[] = [];
  const llama = await startLlama({ gpu, threads: 1, onNote: (note) => void passedOver.push(note) }, () => undefined);
  try {
    if (llama.gpu === false) return { gpu: "off", cards: [], freeBytes: 0, totalBytes: 0, passedOver };
    const [cards, { free, total }] = await Promise.all([llama.getGpuDeviceNames(), llama.getVramState()]);
    return { gpu: llama.gpu, cards, freeBytes: free, totalBytes: total, passedOver };
  } finally {
    await llama.dispose();
  }
}
