// The row browser of a judgement's page: every answer with its verdicts, the worst first. It reads the JSON in #rows.
(() => {
  const { criteria, samples } = JSON.parse(document.getElementById("rows").textContent);
  const PAGE = 50;
  const [criterion, show, text, list, count, more] = ["criterion", "show", "text", "samples", "count", "more"].map((id) => document.getElementById(id));
  let shown = PAGE;

  const option = (value, label) => Object.assign(document.createElement("option"), { value, textContent: label });
  const element = (name, className, content) => Object.assign(document.createElement(name), { className, textContent: content });
  criterion.append(option("", "worst of all criteria first"), ...criteria.map((name) => option(name, `worst ${name} first`)));
  criterion.hidden = criteria.length < 2;
  const tests = {
    all: () => true,
    doubtful: ({ doubtful }) => doubtful,
    unscored: ({ verdicts }) => verdicts.some(({ state }) => state !== "scored"),
  };
  show.append(option("all", "all rows"), option("doubtful", "where the judge is in doubt"), option("unscored", "unscored or failed"));

  const scoreOf = ({ verdicts }) => {
    const own = verdicts.filter((verdict) => criterion.value === "" || verdict.criterion === criterion.value).map(({ score }) => score ?? Infinity);
    return Math.min(...own);
  };
  const bars = (distribution) => {
    const box = element("span", "levels", "");
    for (const share of distribution ?? []) {
      const bar = document.createElement("i");
      bar.style.height = `${Math.round(100 * share)}%`;
      bar.title = `${(100 * share).toFixed(1)} %`;
      box.append(bar);
    }
    return box;
  };
  const line = ({ criterion: name, score, distribution, justification, state, problem }) => {
    const row = element("div", "verdict", "");
    row.append(element("span", "quiet", name), element("b", "", score === null ? state : score.toFixed(2)), bars(distribution));
    row.append(element("span", problem ? "bad" : "", problem ?? justification ?? ""));
    return row;
  };
  const card = (sample) => {
    const box = document.createElement("article");
    const head = element("header", "", sample.question);
    head.prepend(element("code", "quiet", `${sample.id} `));
    box.append(head, element("p", "", sample.answer ?? ""));
    if (sample.reference !== null) box.append(element("p", "quiet", `reference: ${sample.reference}`));
    box.append(...sample.verdicts.map(line));
    return box;
  };
  const draw = () => {
    const wanted = text.value.trim().toLowerCase();
    const texts = (sample) => [sample.id, sample.question, sample.answer, sample.reference, ...sample.verdicts.map(({ justification }) => justification)];
    const found = samples
      .filter((sample) => tests[show.value](sample))
      .filter((sample) => wanted === "" || texts(sample).some((part) => String(part ?? "").toLowerCase().includes(wanted)))
      .sort((a, b) => scoreOf(a) - scoreOf(b));
    count.textContent = `${found.length} of ${samples.length} rows`;
    more.hidden = found.length <= shown;
    list.replaceChildren(...found.slice(0, shown).map(card));
  };
  for (const control of [criterion, show, text]) {
    control.addEventListener("input", () => {
      shown = PAGE;
      draw();
    });
  }
  more.addEventListener("click", () => {
    shown += PAGE;
    draw();
  });
  draw();
})();
