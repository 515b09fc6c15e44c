// Keys for people who work through lists all day. Letters never act in a field, and an account can switch them off.
const TEXT = 'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"]), textarea, select, [contenteditable]';
const singleKeys = () => document.body.dataset.singleKeys !== "off";

const rows = () => [...document.querySelectorAll("[data-rows] > tr")];
const go = (step) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  all[at]?.classList.remove("is-current");
  next.classList.add("is-current");
  (next.querySelector("th a") ?? next.querySelector("a, input"))?.focus();
  next.scrollIntoView({ block: "nearest" });
};

const choose = (number) => {
  const here = document.activeElement?.closest("[data-rubric-row]");
  const row = here ?? [...document.querySelectorAll("[data-rubric-row]")].find((one) => !one.querySelector(":checked"));
  const radio = row?.querySelectorAll('input[type="radio"]')[number - 1];
  if (!radio) return false;
  radio.click();
  radio.focus();
  return true;
};

const list = () => {
  const dialog = document.getElementById("shortcuts");
  const keyed = [...document.querySelectorAll("[data-key]")];
  const place = dialog.querySelector("[data-page-keys-list]");
  place.replaceChildren(
    ...keyed.flatMap((element) => {
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      key.textContent = element.dataset.key.toUpperCase();
      term.append(key);
      const words = document.createElement("dd");
      words.textContent = element.getAttribute("aria-label") ?? element.querySelector("span")?.textContent ?? "";
      return [term, words];
    }),
  );
  place.hidden = dialog.querySelector("[data-page-keys]").hidden = !keyed.length;
  dialog.showModal();
};

// The field of the top bar; on a narrow screen, where there is none, the page of search.
const search = () => {
  const fields = [...document.querySelectorAll('#site-search, main input[type="search"]')];
  const field = fields.find((one) => one.offsetParent);
  if (field) field.focus();
  else document.querySelector("[data-search]")?.click();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TEXT)) return;
  if (!singleKeys() || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (key === "/") search();
  else if (key === "?") list();
  else if (target) target.click();
  else if (key === "j") go(1);
  else if (key === "k") go(-1);
  else if (key === "x") document.querySelector("[data-rows] > .is-current [data-tick]")?.click();
  else if (!/^[1-6]$/.test(key) || !choose(Number(key))) return;
  event.preventDefault();
});
