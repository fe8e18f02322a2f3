/* What was done or went wrong, said for a while at the top of the page.

   Those of the server are there without this as well; this makes them go away: good news by
   itself after a while, never while somebody points at it or is in it. */

const LASTS = 8_000;
const region = document.querySelector(".messages");

/* Say `text`. `action`, if any, is { label, run }: a button that ends it. */
export function toast(text, { kind = "success", action } = {}) {
  const message = document.createElement("div");
  const words = document.createElement("span");
  message.className = `message message-${kind}`;
  words.textContent = text;
  message.append(words);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "message-action";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      leave(message);
      action.run();
    });
    message.append(button);
  }
  // One at a time: what was said before is out of date.
  region.replaceChildren(message);
  return message;
}

function settle(message) {
  if (message.nodeType !== Node.ELEMENT_NODE) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message-dismiss";
  button.textContent = region.dataset.dismissLabel;
  button.addEventListener("click", () => leave(message));
  message.append(button);
  message.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave(message);
  });
  if (message.matches(".message-success")) letGo(message);
}

/* Its time runs from the moment that nobody is at it. */
function letGo(message) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => leave(message), LASTS);
  };
  const stay = () => clearTimeout(timer);
  const isAtIt = () => message.matches(":hover, :focus-within");
  for (const type of ["pointerenter", "focusin"]) message.addEventListener(type, stay);
  for (const type of ["pointerleave", "focusout"]) {
    message.addEventListener(type, () => setTimeout(() => isAtIt() || wait()));
  }
  if (!isAtIt()) wait();
}

/* The focus goes back to where it was before it came here. */
let cameFrom = null;

region?.addEventListener("focusin", ({ relatedTarget }) => {
  if (relatedTarget && !region.contains(relatedTarget)) cameFrom = relatedTarget;
});

function leave(message) {
  const hasFocus = message.contains(document.activeElement);
  message.remove();
  if (!hasFocus) return;
  const back = cameFrom?.isConnected ? cameFrom : document.getElementById("main");
  back?.focus({ preventScroll: true });
}

if (region) {
  [...region.children].forEach(settle);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(settle);
  }).observe(region, { childList: true });
}
