/* Sharing many pictures at once: choose or drop them, say something of each,
   send them two at a time. Where something is refused, what was written stays. */

const plain = document.querySelector("[data-share-plain]");
const board = document.querySelector("[data-share]");
const words = board.dataset;
const part = (name) => board.querySelector(`[data-share-${name}]`);
const chooser = part("files");
const list = part("list");
const rest = part("rest");
const send = part("send");
const status = part("status");

const AT_ONCE = 2;
const language = document.documentElement.lang;
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);
const megabytes = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const cards = new Map(); // element → { file, state, url, ownVisibility }
let isSending = false;

// -- Choosing

chooser.addEventListener("change", () => {
  add(chooser.files);
  chooser.value = "";
});

for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("is-dropping");
  });
}

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("is-dropping");
});

document.addEventListener("drop", (event) => {
  document.body.classList.remove("is-dropping");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  add(event.dataTransfer.files);
});

function add(files) {
  for (const file of files) list.append(makeCard(file));
  update();
}

function makeCard(file) {
  const card = part("card").content.firstElementChild.cloneNode(true);
  const { title, visibility } = fieldsOf(card);
  const about = { file, state: "ready" };
  card.querySelector(".share-name").textContent = file.name;
  cards.set(card, about);
  for (const field of card.querySelectorAll("input, textarea, select")) {
    field.id = `share-${cards.size}-${field.name}-${crypto.getRandomValues(new Uint32Array(1))}`;
    field.closest(".field").querySelector("label").htmlFor = field.id;
  }
  title.value = titleOf(file.name, title.maxLength);
  visibility.value = everywhere();
  visibility.addEventListener("change", () => { about.ownVisibility = true; });
  card.addEventListener("input", () => update());
  card.querySelector(".share-remove").addEventListener("click", () => remove(card));
  nameRemove(card);
  title.addEventListener("input", () => nameRemove(card));

  const most = Number(words.maxBytes);
  if (!chooser.accept.split(",").includes(file.type)) refuse(card, words.unreadable);
  else if (file.size > most) {
    const size = megabytes.format(file.size / 1024 ** 2);
    refuse(card, words.tooLarge.replace("{size}", size).replace("{most}", Math.floor(most / 1024 ** 2)));
  } else {
    const preview = card.querySelector("img");
    preview.addEventListener("error", () => refuse(card, words.unreadable));
    preview.src = URL.createObjectURL(file);
  }
  return card;
}

/* "han-river_at-dawn.jpg" → "Han river at dawn" */
function titleOf(name, most) {
  const text = name.normalize("NFC").replace(/\.[^.]+$/, "").replace(/[\s_.-]+/g, " ").trim();
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1, most);
}

/* For good: no other title makes such a file a picture. */
function refuse(card, text) {
  cards.get(card).state = "refused";
  card.classList.add("is-refused");
  showErrors(card, { image: [text] });
  update();
}

function remove(card) {
  const neighbour = card.nextElementSibling ?? card.previousElementSibling;
  URL.revokeObjectURL(card.querySelector("img").src);
  cards.delete(card);
  card.remove();
  (neighbour?.querySelector(".share-remove") ?? chooser).focus();
  update();
}

function nameRemove(card) {
  const name = fieldsOf(card).title.value || cards.get(card).file.name;
  card.querySelector(".share-remove").setAttribute("aria-label", words.remove.replace("{}", name));
}

// -- Who may see them

const everywhere = () => board.elements.everywhere.value;

board.addEventListener("change", (event) => {
  if (event.target.name !== "everywhere") return;
  for (const [card, { state, ownVisibility }] of cards) {
    if (state === "ready" && !ownVisibility) fieldsOf(card).visibility.value = everywhere();
  }
});

// -- Sending

board.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSending) return;
  const waiting = inState("ready").filter(isComplete);
  if (!waiting.length) {
    list.querySelector("[aria-invalid=true]")?.focus();
    return;
  }
  isSending = true;
  update();
  const work = async () => {
    for (let card; (card = waiting.shift()); ) await sendOne(card);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  isSending = false;
  update();
  const shared = inState("shared");
  if (shared.length < cards.size) list.querySelector("[aria-invalid=true]")?.focus();
  else location.assign(shared.length === 1 ? cards.get(shared[0]).url : words.doneUrl);
});

function isComplete(card) {
  const isMissing = !fieldsOf(card).title.value.trim();
  showErrors(card, isMissing ? { title: [words.required] } : {});
  return !isMissing;
}

async function sendOne(card) {
  const about = cards.get(card);
  const { title, description, visibility } = fieldsOf(card);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token());
  body.set("image", about.file);
  body.set("title", title.value);
  body.set("description", description.value);
  body.set("visibility", visibility.value);
  about.state = "sending";
  lock(card, true);
  showErrors(card, {});
  const answer = await post(body, (part) => showProgress(card, part));
  if (answer.status === 201) {
    about.state = "shared";
    about.url = answer.json.url;
    showShared(card);
  } else {
    about.state = "ready";
    lock(card, false);
    showErrors(card, answer.json?.errors ?? { image: [wordsFor(answer, about.file)] });
    if (answer.status === 401) offerLogin(card);
  }
  update();
}

/* From the cookie, which is new after logging in again in another tab. */
function token() {
  const [, fresh] = document.cookie.match(/csrftoken=([^;]+)/) ?? [];
  return fresh ?? plain.elements.csrfmiddlewaretoken.value;
}

function post(body, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("loadend", () => resolve({ status: request.status, json: request.response }));
    request.send(body);
  });
}

function wordsFor({ status: code, json }, file) {
  if (code === 0) return words.network;
  if (code === 401) return json?.error ?? words.login;
  if (code === 413) {
    const size = megabytes.format(file.size / 1024 ** 2);
    return words.tooLarge.replace("{size}", size).replace("{most}", Math.floor(words.maxBytes / 1024 ** 2));
  }
  return words.failed;
}

// -- What a card shows

const fieldsOf = (card) => ({
  title: card.querySelector("[name=title]"),
  description: card.querySelector("[name=description]"),
  visibility: card.querySelector("[name=visibility]"),
});

const inState = (state) => [...cards].filter(([, about]) => about.state === state).map(([card]) => card);

function lock(card, isLocked) {
  for (const field of Object.values(fieldsOf(card))) field.disabled = isLocked;
  card.querySelector(".share-remove").hidden = isLocked;
  card.querySelector(".share-state").hidden = !isLocked;
  showProgress(card, 0);
}

function showProgress(card, done) {
  card.querySelector("progress").value = done;
  card.querySelector(".share-state p").textContent =
    done < 1 ? `${words.sending} ${numbers.format(Math.floor(done * 100))}%` : words.reading;
}

function showShared(card) {
  const link = document.createElement("a");
  link.href = cards.get(card).url;
  link.textContent = fieldsOf(card).title.value;
  card.classList.add("is-shared");
  card.querySelector("progress").remove();
  card.querySelector(".share-state p").replaceChildren(icon("check"), words.shared, link);
}

function showErrors(card, errors) {
  const all = Object.entries(errors).flatMap(([name, texts]) => texts.map((text) => ({ name, text })));
  const box = card.querySelector(".field-errors");
  box.replaceChildren(...all.map(({ text }) => {
    const line = document.createElement("li");
    line.append(icon("alert"), text);
    return line;
  }));
  box.hidden = !all.length;
  card.classList.toggle("has-errors", all.length > 0);
  for (const [name, field] of Object.entries(fieldsOf(card))) {
    if (errors[name]) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

function offerLogin(card) {
  const link = document.createElement("a");
  link.href = document.body.dataset.loginUrl;
  link.target = "_blank";
  link.textContent = words.login;
  card.querySelector(".field-errors li").lastChild.replaceWith(link);
}

const icon = (name) => part(name).content.cloneNode(true);

function update() {
  const [ready, shared] = [inState("ready").length, inState("shared").length];
  const sending = inState("sending").length;
  rest.hidden = cards.size === 0;
  board.classList.toggle("has-pictures", cards.size > 0);
  send.hidden = ready + sending === 0;
  send.disabled = isSending;
  const count = ready + sending;
  const phrase = words[plurals.select(count) === "one" ? "shareOne" : "shareOther"];
  send.textContent = phrase.replace("{}", numbers.format(count));
  const said = isSending || shared
    ? words.progress.replace("{done}", numbers.format(shared)).replace("{all}", numbers.format(shared + count))
    : "";
  if (status.textContent !== said) status.textContent = said;
}

// Nobody loses by accident what they have written.
addEventListener("beforeunload", (event) => {
  if (inState("ready").length + inState("sending").length) event.preventDefault();
});

plain.hidden = true;
board.hidden = false;
