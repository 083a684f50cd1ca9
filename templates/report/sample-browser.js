// The per-sample browser of a sweep's page: both answers side by side, with filters. It reads the JSON in #cells.
(() => {
  const { metric, settings, samples, answers } = JSON.parse(document.getElementById("cells").textContent);
  const PAGE = 50;
  const [left, right] = ["left", "right"].map((id) => document.getElementById(id));
  const [text, topic, show] = ["text", "topic", "show"].map((id) => document.getElementById(id));
  const [list, count, more] = ["samples", "count", "more"].map((id) => document.getElementById(id));
  let shown = PAGE;

  const option = (value, label) => Object.assign(document.createElement("option"), { value, textContent: label });
  for (const select of [left, right]) select.append(...settings.map((name, index) => option(index, name)));
  right.value = String(Math.min(1, settings.length - 1));
  const topics = [...new Set(samples.map((sample) => sample.topic).filter((name) => name !== null))].sort();
  topic.append(option("", "every topic"), ...topics.map((name) => option(name, name)));
  topic.hidden = topics.length === 0;

  const cellsOf = (setting, sample) => answers[setting][sample] ?? [];
  const scoreOf = (cells) => {
    const scores = cells.map(([, score]) => score).filter((score) => score !== null);
    return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };
  const differs = {
    all: () => true,
    different: (a, b) => a !== b,
    "left better": (a, b) => a !== null && b !== null && a > b,
    "right better": (a, b) => a !== null && b !== null && a < b,
    failed: (a, b, cells) => cells.some(([, , error]) => error),
  };
  show.append(...Object.keys(differs).map((name) => option(name, { all: "all samples", different: "scores differ", "left better": "left scores higher", "right better": "right scores higher", failed: "with failed cells" }[name])));

  const element = (name, className, content) => Object.assign(document.createElement(name), { className, textContent: content });
  const answerBox = (cells) => {
    const box = document.createElement("div");
    for (const [answer, score, error, thoughts] of cells) {
      const line = element("p", error ? "bad" : score === null ? "quiet" : "", error ?? answer);
      line.prepend(element("b", "", error ? "failed " : score === null ? "unscored " : `${Number(score.toPrecision(3))} `));
      box.append(line);
      if (thoughts) {
        const details = document.createElement("details");
        details.append(element("summary", "quiet", "thoughts"), element("p", "quiet", thoughts));
        box.append(details);
      }
    }
    return box;
  };
  const draw = () => {
    const [a, b] = [Number(left.value), Number(right.value)];
    const wanted = text.value.trim().toLowerCase();
    const found = samples.flatMap((sample, index) => {
      const [first, second] = [cellsOf(a, index), cellsOf(b, index)];
      const all = [...first, ...second];
      if (topic.value !== "" && sample.topic !== topic.value) return [];
      if (!differs[show.value](scoreOf(first), scoreOf(second), all)) return [];
      if (wanted && ![sample.id, sample.question, sample.answer, ...all.map(([answer]) => answer)].some((part) => String(part ?? "").toLowerCase().includes(wanted))) return [];
      return [{ sample, first, second }];
    });
    count.textContent = `${found.length} of ${samples.length} samples, ${metric} before each answer`;
    more.hidden = found.length <= shown;
    list.replaceChildren(...found.slice(0, shown).map(({ sample, first, second }) => {
      const row = document.createElement("article");
      const head = element("header", "", sample.question);
      head.prepend(element("code", "quiet", `${sample.id} `));
      if (sample.answer !== null) head.append(element("i", "quiet", `  expected: ${sample.answer}`));
      row.append(head, answerBox(first), answerBox(second));
      return row;
    }));
  };
  const restart = () => {
    shown = PAGE;
    draw();
  };
  for (const control of [left, right, text, topic, show]) control.addEventListener("input", restart);
  more.addEventListener("click", () => {
    shown += PAGE;
    draw();
  });
  draw();
})();
