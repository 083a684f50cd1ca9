import { describe, expect, it } from "vitest";
import { tensorTypeName } from "../models/ggml-types.js";
import { kindFor, type PresetName } from "./presets.js";

const typeOf = (preset: PresetName, name: string, columns = 256, shape = { layers: 24, hasOutput: true }) => {
  const kind = kindFor(preset, { name, columns }, shape);
  return kind && tensorTypeName(kind.type);
};

describe("kindFor", () => {
  it("keeps the output finer, or the embedding where that is the output", () => {
    expect(typeOf("q4_k_m", "output.weight")).toBe("Q6_K");
    expect(typeOf("q4_k_m", "token_embd.weight")).toBe("Q4_K");
    expect(typeOf("q4_k_m", "token_embd.weight", 256, { layers: 24, hasOutput: false })).toBe("Q6_K");
  });

  it("keeps values and down projections finer in outer layers and every third between", () => {
    const finer = Array.from({ length: 24 }, (_, layer) => layer).filter(
      (layer) => typeOf("q4_k_m", `blk.${layer}.ffn_down.weight`) === "Q6_K",
    );
    expect(finer).toEqual([0, 1, 2, 5, 8, 11, 14, 17, 20, 21, 22, 23]);
    expect(typeOf("q4_k_m", "blk.0.ffn_up.weight")).toBe("Q4_K");
  });

  it("keeps rows that are not super-blocks as Q8_0, and leaves those that are not blocks", () => {
    expect(typeOf("q5_k_m", "blk.1.attn_q.weight", 96)).toBe("Q8_0");
    expect(typeOf("q5_k_m", "blk.1.attn_q.weight", 33)).toBeUndefined();
  });
});
