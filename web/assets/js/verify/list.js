// The signed list of permits that no longer hold; approvals/revocation_list.py writes it. The last one whose signature
// held is kept here, and the service worker answers with it where there is no network.
import { fromBase64, utf8, verify } from "./payload.js";

const DAY = 24 * 3600 * 1000;
const KEPT = "permits-list";

/** {permits, made, days} of a list of ours; {bad: true} for anything else; null where there is no answer. */
export async function loadList(address, keys) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return null;
  const copy = answer.clone();
  const list = await read(answer, keys).catch(() => ({ bad: true }));
  if (!list.bad) await keep(address, copy).catch(() => null); // a full disk is no reason to give no result
  return list;
}

async function read(answer, keys) {
  const { signed, key, signature } = await answer.json();
  if (!signed || !keys[key]) return { bad: true };
  if (!verify(fromBase64(signature), utf8(`yimen revocation list\n${signed}`), keys[key])) return { bad: true };
  const list = JSON.parse(signed);
  const made = new Date(list.generated_at);
  return { permits: list.permits, made, days: Math.max(0, Math.floor((Date.now() - made) / DAY)) };
}

async function keep(address, answer) {
  if ("caches" in window) await (await caches.open(KEPT)).put(address, answer); // not on plain HTTP
}
