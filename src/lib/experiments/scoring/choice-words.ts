/** What announces an answer, in the languages of common benchmarks. */
const ANSWER =
  "answers?|antwort|lösung|respuesta|réponse|resposta|risposta|antwoord|svar|svaret|odpowiedź|odpověď|válasz|răspuns\\p{L}*|cevap|yanıt|" +
  "jawaban|câu trả lời|đáp án|ответ|відповідь|απάντηση|答案|选择|選擇|选|選|答え|正解|回答|정답|답|إجابة|الإجابة|الجواب|תשובה|उत्तर|উত্তর|คำตอบ|ตอบ";
/** A decision that is the speaker's own. */
const DECIDES = "\\b(?:i|we)(?:['’]d|['’]ll|\\s+would|\\s+will|\\s+must)?\\s+(?:choose|chose|pick|select|go\\s+with|opt\\s+for)";
/** What names a choice without saying that it is the answer. */
const NAMES_ONE = "(?:options?|choices?|choose|pick|select|opción|choix|opção|opzione|scelta|вариант\\p{L}*|选项|選項|विकल्प)";
/** What may stand between the announcement and the label: "is", "would be", ": option", ... */
const BETWEEN =
  "(?:\\s|[:：=*_`\"'(\\[（]|\\b(?:is|are|be|would|should|must|the|correct|right|best|options?|choices?|letters?|answer|either|both|correct[ao]?|corrett[ao]|cert[ao]|bonne|juste|richtige?|ist|es|est|é|è|är|er|jest|la|le|die|der|das)\\b|(?:是|为|為|は|は、|는|은|هي|هو|है|选项|選項))*?";
/** Marks around a label: (B), **B**, "B", [B]. */
export const BEFORE = "[\\s*_`\"'“‘«(\\[{（【「$]*";
export const AFTER = "[\\s*_`\"'”’»)\\]}）】」.:：。,，;$-]*";
const MARKS = "[\\s*_`\"'“”‘’«»()\\[\\]{}（）【】「」$.:：。,，;；、/|&+·・~<>–—-]*";
const JOINS =
  "and/or|and|or|as\\s+well\\s+as|plus|versus|vs|und|oder|sowie|et|ou|y|o|e|u|i|lub|oraz|a|nebo|en|of|och|eller|og|és|vagy|și|sau|ve|veya|dan|atau|và|hoặc|и|или|та|або|και|ή|और|या|ও|বা|و|أو|או|และ|หรือ";
const JOINS_UNSPACED = "以及|或者|还是|還是|和|与|與|及|或|または|もしくは|および|と|か|や|및|와|과|또는|그리고";
const PERHAPS = "also|maybe|perhaps|possibly|even|then|both|auch|vielleicht|también|aussi";

/** Whether what stands between two labels makes one list of them; "words" where a word such as "and" joins them. */
export function joins(gap: string): "words" | "marks" | undefined {
  const between = gap.replace(/\s+/g, " ");
  if (between.length > LONGEST_LINK) return undefined;
  if (JOINED_BY_WORD.test(between)) return "words";
  return JOINED_BY_MARKS.test(between) ? "marks" : undefined;
}

const LONGEST_LINK = 60;
const LINK = `(?:(?<![\\p{L}\\p{N}])(?:(?:${JOINS})(?:\\s+(?:${PERHAPS}))?|but\\s+also|maybe|perhaps|possibly)(?![\\p{L}\\p{N}])|${JOINS_UNSPACED})`;
const JOINED_BY_WORD = new RegExp(`^${MARKS}${LINK}${MARKS}(?:the\\s+)?(?:${NAMES_ONE}\\s*)?${MARKS}$`, "iu");
const JOINED_BY_MARKS = new RegExp(`^${MARKS}(?:${NAMES_ONE}\\s*)?${MARKS}$`, "iu");
export const LINK_AHEAD = `\\s*${LINK}${MARKS}(?:${NAMES_ONE}\\s*)?${MARKS}`;

const VERB = "(?:is|are|was|were|would\\s+be|must\\s+be|seems?|looks?|['’]s|ist|sind|wäre|es|son|est|sont|è|sono|é|são|är|er|jest|są)";
const ADVERB =
  "(?:(?:clearly|also|therefore|both|all|definitely|simply|just|obviously|then|auch|también|aussi|the|a|an|die|der|la|le)\\s+)*";
const WRONG =
  "(?:not|wrong|incorrect\\p{L}*|false|invalid|impossible|nicht|falsch\\p{L}*|fals[ao]s?|fausse?s?|sbagliat\\p{L}*|errad\\p{L}*|pas|out)";
/** After a label: it is said to be wrong. */
const REJECTED_AFTER = new RegExp(
  `^${AFTER}(?:\\s*${VERB}\\s+${ADVERB}${WRONG}(?!\\p{L})|\\s*(?:isn|aren|wasn|can)['’]t(?!\\p{L})|\\s*cannot(?!\\p{L})|\\s*(?:can|may)\\s+be\\s+(?:ruled|excluded|eliminated|discarded)|\\s*(?:no|non)\\s+(?:es|son|è)(?!\\p{L})|` +
    `\\s*n['’]est|\\s*не(?!\\p{L})|\\s*(?:неверн|неправильн)|(?:是|也)?(?:不|错|錯)|[はがも](?:間違|誤|違|正しくな))`,
  "iu",
);
/** Before a label: it is said not to be the one. */
const REJECTED_BEFORE = new RegExp(
  `(?:(?<![\\p{L}])(?:not|never|rather\\s+than|instead\\s+of|than|neither|nor|except|unlike|eliminates?|nicht|statt|pas|не)|n['’]t|rules?d?\\s+out|不是|而非)` +
    `\\s*(?:(?:be|the|both|either|${NAMES_ONE}|answer)\\s+)*${BEFORE}$`,
  "iu",
);
const AFFIRMED_AFTER = new RegExp(
  `^${AFTER}(?:\\s*${VERB}\\s+(?:(also|equally|auch|también|aussi|both|beide)\\s+)?(?:(?:clearly|therefore|definitely|the|most|only|one|die|der|la|le)\\s+)*(?:correct\\p{L}*|right|best|answer|true|richtig\\p{L}*|vraie?|juste)(?!\\p{L})|(?:是|也是)?(?:正确|正確|对的)|[がは]正解)`,
  "iu",
);
const GOES_ON = "because|since|which|not|but|instead|rather|over|weil|denn|nicht|sondern|porque|pero|car|parce|mais|perché|ma|omdat";
const CLAUSE_AHEAD = new RegExp(`^\\s+(?:${VERB}|${GOES_ON})(?!\\p{L})`, "iu");
const ARE_AHEAD = /^[\s)\]}*_`"'”’»】）」.,]*(?:are|both|sind|beide|son|sont|sono|są|são)(?!\p{L})/iu;
const NEGATED = /(?:(?<!\p{L})(?:not|never|nicht|pas|не|wrong|incorrect|false|falsche?|worst)|n['’]t|不)\s*(?:(?:the|be|an?)\s+)?$/iu;

const ANNOUNCED = [`(?:${DECIDES}|(?:${ANSWER}))`, NAMES_ONE].map(
  (words) => new RegExp(`${words}(?![\\p{Script=Latin}])${BETWEEN}${BEFORE}$`, "iu"),
);
/** What announces an answer, and what links it to its label. */
export const ANNOUNCEMENT = `(?:(?:${DECIDES}|${ANSWER}|${NAMES_ONE})${BETWEEN})`;

/** How the text before a label speaks of it: as the answer, as one of the choices, as not the answer; undefined for neither. */
export function spokenOfBefore(before: string): "answer" | "choice" | "rejected" | undefined {
  if (REJECTED_BEFORE.test(before)) return "rejected";
  for (const [i, pattern] of ANNOUNCED.entries()) {
    const found = pattern.exec(before);
    if (found) return NEGATED.test(before.slice(0, found.index)) ? "rejected" : i === 0 ? "answer" : "choice";
  }
  return undefined;
}

/** How the text after a label speaks of it: as right, as right beside another, as wrong; undefined for none of these. */
export function spokenOfAfter(after: string): "right" | "also right" | "rejected" | undefined {
  if (REJECTED_AFTER.test(after)) return "rejected";
  const affirmed = AFFIRMED_AFTER.exec(after);
  return affirmed ? (affirmed[1] === undefined ? "right" : "also right") : undefined;
}

/** Whether a verb or a conjunction follows, as it does after a label and never after an article. */
export function hasClauseAhead(after: string): boolean {
  return CLAUSE_AHEAD.test(after);
}

/** Whether a verb for several follows. */
export function hasPluralAhead(after: string): boolean {
  return ARE_AHEAD.test(after);
}
