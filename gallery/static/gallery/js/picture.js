/* One picture: its keys, liking it with two taps, and handing on its address. */

const stage = document.querySelector("[data-stage]");
const keys = document.querySelector("[data-keys]");
const like = document.querySelector(".picture-likes form[data-like]");
const likeButton = () => like?.querySelector("button[name=action]");

// -- Keys

const actions = {
  ArrowLeft: () => turn("ArrowLeft"),
  ArrowRight: () => turn("ArrowRight"),
  l: () => {
    if (likeButton()?.value === "like") showHeart();
    likeButton()?.click();
  },
  c: () => goToComments(),
  "?": () => keys?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (event.shiftKey && event.key !== "?") return;
  if (event.target.closest("input, textarea, select, details[open], dialog, .shelf")) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

function turn(key) {
  document.querySelector(`[data-turn="${key}"]`)?.click();
}

function goToComments() {
  const comments = document.querySelector("#comments");
  comments?.scrollIntoView();
  (comments?.querySelector("textarea") ?? comments?.querySelector("h2"))?.focus({ preventScroll: true });
}

const opener = document.querySelector("[data-keys-open]");

opener?.removeAttribute("hidden");
opener?.addEventListener("click", () => keys.showModal());
// A click beside it closes it.
keys?.addEventListener("click", (event) => event.target === keys && keys.close());

// -- Two taps like the picture, and never take that back

stage?.addEventListener("dblclick", (event) => {
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  showHeart(event.clientX - box.left, event.clientY - box.top);
  if (likeButton()?.value === "like") likeButton().click();
});

function showHeart(x, y) {
  if (!stage || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const heart = document.createElement("span");
  heart.className = "stage-heart";
  heart.append(document.querySelector("[data-heart]").content.cloneNode(true));
  if (x !== undefined) {
    heart.style.insetInlineStart = `${x}px`;
    heart.style.insetBlockStart = `${y}px`;
  }
  heart.addEventListener("animationend", () => heart.remove());
  stage.append(heart);
}

// -- Handing on

const address = () => document.querySelector("link[rel=canonical]")?.href ?? location.origin + location.pathname;
const share = document.querySelector("[data-share-link]");
const copy = document.querySelector("[data-copy-link]");

if (navigator.share) share?.removeAttribute("hidden");

share?.addEventListener("click", async () => {
  try {
    await navigator.share({ title: share.dataset.title, url: address() });
  } catch {
    // Thought better of it.
  }
});

// Only where the page came over a safe connection.
if (navigator.clipboard) copy?.removeAttribute("hidden");

copy?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(address());
  } catch {
    return; // not allowed; the address bar has it too
  }
  const message = document.createElement("p");
  const text = document.createElement("span");
  message.className = "message message-success";
  text.textContent = copy.dataset.copied;
  message.append(text);
  document.querySelector(".messages").replaceChildren(message);
});
