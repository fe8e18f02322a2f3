/* The profile form: see the photo before it is sent, and how much room is left. */

// -- Photo

const photoField = document.querySelector("[data-photo-field]");
const photo = photoField?.querySelector("input[type=file]");

photo?.addEventListener("change", () => {
  const [file] = photo.files;
  if (!file?.type.startsWith("image/")) return;
  const face = new Image(128, 128);
  face.className = "face face-l";
  face.alt = "";
  face.addEventListener("load", () => {
    photoField.querySelector(".face").replaceWith(face);
    URL.revokeObjectURL(face.src);
  });
  face.src = URL.createObjectURL(file);
});

// -- Room left

for (const counted of document.querySelectorAll("[data-counted]")) {
  const field = counted.querySelector("textarea");
  const limit = field.maxLength;
  if (limit < 0) continue;
  const language = document.documentElement.lang;
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const left = document.createElement("p");
  left.className = "count-left";
  // Longer is refused by the server; whoever pastes should see by how much.
  field.removeAttribute("maxlength");
  const update = () => {
    // As the server counts: characters, not halves of them; a line end is two.
    const rest = limit - [...field.value].length;
    const many = plurals.select(Math.abs(rest)) === "one" ? "One" : "Other";
    const words = counted.dataset[(rest < 0 ? "over" : "left") + many];
    left.textContent = words.replace("{}", numbers.format(Math.abs(rest)));
    left.classList.toggle("is-over", rest < 0);
    // Read out only where it matters.
    left.setAttribute("aria-live", rest <= 20 ? "polite" : "off");
  };
  field.addEventListener("input", update);
  field.closest(".field").append(left);
  update();
}
