/* Insights keep themselves up to date while somebody looks at them. Without this, a reload does.

   Only what has changed is replaced, and never under the focus: tables that are open stay open. */

const EVERY = 30_000;
const insights = document.querySelector("[data-insights]");

let isAsking = false;
let timer;

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    const response = await fetch(insights.dataset.insights, { signal: AbortSignal.timeout(15_000) });
    // Signed out, or the picture is gone: what is here is the last that there is to know.
    if (response.redirected || [403, 404].includes(response.status)) end();
    else if (response.ok) show(await response.text());
  } catch {
    // No network; the next time will tell.
  } finally {
    isAsking = false;
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of insights.querySelectorAll("[data-part]")) {
    const other = fresh.getElementById(part.id);
    if (!other || other.innerHTML === part.innerHTML) continue;
    if (part.contains(document.activeElement)) continue;
    part.replaceChildren(...other.childNodes);
  }
}

function start() {
  clearInterval(timer);
  if (!document.hidden) timer = setInterval(ask, EVERY);
}

function comeBack() {
  start();
  if (!document.hidden) ask();
}

function end() {
  clearInterval(timer);
  document.removeEventListener("visibilitychange", comeBack);
}

if (insights) {
  // Hidden, it asks for nothing; whoever comes back sees at once what came meanwhile.
  document.addEventListener("visibilitychange", comeBack);
  start();
}
