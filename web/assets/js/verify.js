// Verification of a QR code by the browser itself. All words come from the page, so that they are translated.
import { loadList } from "./verify/list.js";
import { parse, readCode } from "./verify/payload.js";

const box = document.querySelector("[data-verifier]");
const tell = (name) => JSON.parse(box.dataset[name]);
const place = box?.dataset.verifier;

if (box) start();

function start() {
  keepForLater();
  takeFiles();
  const form = box.querySelector("[data-code]");
  if (form) takeCodes(form);
  const here = parse(location.href);
  if (here?.payload) show(here);
  else if (place === "offline") answer("pause", "warn", tell("words").unreadable, [tell("words").noCode]);
}

/** A first visit makes later ones possible without network. */
async function keepForLater() {
  const { worker, scope, list } = box.dataset;
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.register(worker, { scope }).catch(() => null);
  if (!registered || place === "offline") return;
  await navigator.serviceWorker.ready;
  await loadList(list, tell("keys")); // which keeps it
}

/** A PDF dropped anywhere on its form is sent like a chosen one. */
function takeFiles() {
  const form = document.querySelector("[data-drop]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    form.classList.toggle("over", on);
  };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  input.addEventListener("change", () => {
    if (input.files.length) form.querySelector(".drop b").textContent = input.files[0].name;
  });
}

function takeCodes(form) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(parse(form.elements.text.value) ?? { publicId: "", payload: "" });
  });
  const picture = form.querySelector("[data-picture]");
  const help = form.querySelector("[data-scan-help]");
  if ("BarcodeDetector" in window) picture.hidden = false;
  else help.textContent = tell("words").cannotScan;
  help.hidden = !help.textContent;
  picture.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    const text = file && (await codeIn(file));
    help.textContent = text ? "" : tell("words").noCodeInPicture;
    help.hidden = Boolean(text);
    if (text) show(parse(text) ?? { publicId: "", payload: "" });
  });
}

async function codeIn(file) {
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const found = await detector.detect(await createImageBitmap(file)).catch(() => []);
  return found[0]?.rawValue ?? "";
}

/** The result for one code. Beside the live state of the page only the code itself is judged. */
async function show({ publicId, payload }) {
  const words = tell("words");
  const { reading, facts } = readCode(publicId, payload, tell("keys"));
  if (reading !== "genuine") {
    if (place === "page") document.querySelector(".verdict").before(box); // a bad code is read before a good state
    answer(reading === "unreadable" ? "pause" : "ended", reading === "unreadable" ? "warn" : "stop", words[reading], [
      words[`${reading}Sentence`],
    ]);
    return;
  }
  if (place === "page") {
    answer("code", "check", words.genuine, [words.genuineHere], facts);
    return;
  }
  const list = await loadList(box.dataset.list, tell("keys"));
  const { tone, symbol, word, sentence } = judged(publicId, facts, list, words);
  const link = navigator.onLine && { href: `${box.dataset.scope}${publicId}#${payload}`, words: words.online };
  answer(tone, symbol, word, [sentence, ...aboutList(list, words), ...(place === "offline" ? [words.offline] : [])], facts, link);
}

function judged(publicId, facts, list, words) {
  const states = tell("states");
  const told = (state) => ({ ...states[state], word: states[state].label });
  const today = new Date().toLocaleDateString("sv", { timeZone: "Asia/Shanghai" });
  const listed = list?.permits?.[publicId];
  const expired = facts.until && facts.until < today;
  if (expired && (!listed || listed === "suspended")) return told("expired"); // a suspension ends with the permit
  if (listed) return states[listed] ? told(listed) : { tone: "ended", symbol: "close", word: listed, sentence: "" };
  if (facts.from > today) return { tone: "pause", symbol: "clock", word: words.notYet, sentence: words.notYetSentence };
  if (!list?.permits) return { tone: "pause", symbol: "warn", word: words.genuine, sentence: words.genuineUnknown };
  const [tone, symbol] = tooOld(list) ? ["pause", "warn"] : ["good", "check"];
  return { tone, symbol, word: words.genuine, sentence: words.genuineUnlisted };
}

const tooOld = (list) => list.days > Number(box.dataset.days);

function aboutList(list, words) {
  if (list?.bad) return [words.listBad];
  if (!list) return [];
  const time = list.made.toLocaleString("sv", { timeZone: "Asia/Shanghai" }).slice(0, 16);
  const age = list.days ? words.daysOld.replace("{days}", list.days) : words.today;
  const told = [words.listAge.replace("{time}", time).replace("{age}", age)];
  return tooOld(list) ? [...told, words.listOld.replace("{days}", box.dataset.days)] : told;
}

function answer(tone, symbol, word, sentences, facts, link) {
  const card = element("article", `card verdict ${tone}`);
  const stamp = card.appendChild(element("header", "stamp"));
  stamp.append(icon(symbol));
  const said = stamp.appendChild(element("div"));
  said.append(element("p", "word", word), ...sentences.filter(Boolean).map((sentence) => element("p", "", sentence)));
  if (facts) card.append(listed(facts, link));
  box.dataset.shown = tone;
  box.querySelector("[data-result]").replaceChildren(card);
}

function listed(facts, link) {
  const words = tell("words");
  const body = element("div", "body");
  const rows = body.appendChild(element("dl", "facts wide-facts"));
  const shown = {
    kind: tell("kinds")[facts.kind] ?? facts.kind,
    number: facts.number,
    version: facts.version > 1 ? facts.version : "",
    holder: facts.holder,
    validity: `${facts.from} — ${facts.until || words.longTerm}`,
    issuer: tell("issuers")[facts.issuer] ?? facts.issuer,
  };
  for (const [name, value] of Object.entries(shown)) {
    if (value) rows.append(element("dt", "", words[name]), element("dd", name === "number" ? "num" : "", value));
  }
  if (link) {
    const onward = body.appendChild(element("div", "page-acts")).appendChild(element("a", "btn", link.words));
    onward.href = link.href;
  }
  return body;
}

function element(name, kind = "", text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${box.dataset.icons}#${name}`);
  return svg;
}
