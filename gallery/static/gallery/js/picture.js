/* One picture: turn to its neighbours with the arrow keys, and copy its address. */

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, details[open]")) return;
  document.querySelector(`[data-turn="${event.key}"]`)?.click();
});

const copy = document.querySelector("[data-copy-link]");

// Only where the page came over a safe connection.
if (navigator.clipboard) copy?.removeAttribute("hidden");

copy?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.origin + location.pathname);
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
