/* Whoever unfollows somebody can undo it: the answer of the follow button brings the words. */

import { toast } from "./toast.js";

let offered = null;

document.addEventListener("slipstream:followed", ({ target, detail }) => {
  offered?.remove(); // what it would undo is not the last that was done
  if (!detail.undo) return;
  const { text, label } = detail.undo;
  const button = target.querySelector("button[name=action]");
  const run = () => {
    if (button.value === "follow") target.requestSubmit(button);
    button.focus({ preventScroll: true });
  };
  offered = toast(text, { action: { label, run } });
});
