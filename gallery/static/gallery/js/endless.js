/* More of a list when its end comes near. The link to the next page does the
   same by hand, and stays where something goes wrong. */

import { exact, phrase } from "./numbers.js";

const list = document.querySelector("[data-endless]");
const items = list?.querySelector("[data-items]");
const words = list?.dataset;

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");

const near = new IntersectionObserver(
  ([{ isIntersecting }]) => isIntersecting && more(),
  { rootMargin: "0px 0px 120%" },
);

let underWay = null;
let pages = 1;

const nextLink = () => list?.querySelector(".pager [rel=next]");

function more() {
  underWay ??= load().finally(() => { underWay = null; });
  return underWay;
}

async function load() {
  const link = nextLink();
  if (!link) return;
  near.disconnect();
  status.textContent = words.loading;
  list.setAttribute("aria-busy", "true");
  let page;
  try {
    const response = await fetch(link.href, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(response.status);
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    offerRetry();
    return;
  } finally {
    list.removeAttribute("aria-busy");
  }
  // What was to come is gone meanwhile, and the answer is the first page again.
  const isFurther = page.querySelector("[data-endless][data-further]");
  const found = isFurther ? [...page.querySelectorAll("[data-endless] [data-items] > *")] : [];
  // What was put at the top meanwhile has moved something down.
  const fresh = found.filter((item) => !item.id || !document.getElementById(item.id));
  items.append(...fresh);
  list.querySelector(".grid-more")?.remove();
  const next = isFurther && page.querySelector("[data-endless] .pager [rel=next]");
  if (next) link.replaceWith(next);
  else link.remove();
  const end = !next && isFurther && page.querySelector("[data-endless] .list-end");
  if (end) items.after(end);
  const said = phrase(words, fresh.length).replace("{}", exact(fresh.length));
  status.textContent = next ? said : `${said} ${words.end}`;
  // Whoever comes back to this page finds as much.
  pages += 1;
  history.replaceState({ ...history.state, pages }, "");
  watch();
}

function watch() {
  const link = nextLink();
  if (link) near.observe(link);
}

function offerRetry() {
  status.textContent = "";
  list.querySelector(".grid-more")?.remove();
  const box = document.createElement("p");
  const text = document.createElement("span");
  const button = document.createElement("button");
  box.className = "grid-more";
  box.setAttribute("role", "alert");
  text.textContent = words.failed;
  button.className = "button button-small";
  button.type = "button";
  button.textContent = words.retry;
  button.addEventListener("click", more);
  box.append(text, button);
  items.after(box);
}

async function start() {
  list.append(status);
  const before = history.state?.pages ?? 1;
  const place = scrollY;
  for (let known = 0; pages < before && pages > known; ) {
    known = pages;
    await more();
  }
  if (before > 1) scrollTo({ top: history.state.place ?? place, behavior: "instant" });
  addEventListener("pagehide", () => {
    if (pages > 1) history.replaceState({ ...history.state, place: scrollY }, "");
  });
  watch();
}

if (nextLink()) start();
