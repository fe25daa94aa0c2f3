// The signed list of permits that no longer hold; approvals/revocation_list.py writes it, the service worker keeps the
// last one, so that asking for it answers without network too.
import { fromBase64, utf8, verify } from "./payload.js";

const DAY = 24 * 3600 * 1000;

/** {permits, made, days} of a list of ours; {bad: true} for another's; null where there is none. */
export async function loadList(address, keys) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return null;
  const { signed, key, signature } = await answer.json().catch(() => ({}));
  if (!signed || !keys[key]) return { bad: true };
  if (!verify(fromBase64(signature), utf8(`yimen revocation list\n${signed}`), keys[key])) return { bad: true };
  const list = JSON.parse(signed);
  const made = new Date(list.generated_at);
  return { permits: list.permits, made, days: Math.max(0, Math.floor((Date.now() - made) / DAY)) };
}
