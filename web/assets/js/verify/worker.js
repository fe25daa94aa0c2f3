// The service worker of the verification pages: it keeps the verifier and the last list, and answers with them where
// there is no network. The server writes SETTINGS before this text; its version changes with anything that is kept.
/* global SETTINGS */
const CACHE = `permits-${SETTINGS.version}`;
const LIST = "permits-list"; // stays when the verifier changes

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SETTINGS.kept))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("permits-") && name !== CACHE && name !== LIST;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(SETTINGS.shell)));
  else if (path === SETTINGS.list) event.respondWith(newest(request));
  else if (SETTINGS.kept.includes(path)) event.respondWith(caches.match(path).then((kept) => kept ?? fetch(request)));
});

/** The newest list, else the kept one; what is kept the page decides (list.js), which can read its signature. */
async function newest(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(LIST)).match(SETTINGS.list);
    if (kept) return kept;
    throw error;
  }
}
