// What every page has: keys, forms that cannot be sent twice, menus, dialogs, messages, focus after a swap. The rest is
// fetched only where a page asks for it.
import "./shortcuts.js";
import { say, show } from "./words.js";

const BUSY_AFTER = 400;
const FORGET_AFTER = 10000;

const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-idle-words]")) {
    button.replaceChildren(...button.idleNodes);
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
    delete button.dataset.idleWords;
  }
};

// While the event is still on its way down, so that forms sent by htmx are guarded too.
const guard = (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  setTimeout(() => {
    if (!form.dataset.sent || !button?.dataset.busy) return;
    button.idleNodes = [...button.childNodes];
    button.dataset.idleWords = "kept";
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-busy", "true");
  }, BUSY_AFTER);
  // An answer that is a file leaves the page as it is.
  setTimeout(() => release(form), FORGET_AFTER);
};
document.addEventListener("submit", guard, true);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  const disabled = event.target.closest('[aria-disabled="true"]');
  if (disabled) event.preventDefault();
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  closeMenus();
  menu.querySelector("summary").focus();
});

document.addEventListener("change", (event) => {
  const form = event.target.matches("[data-tick]") && event.target.closest("form");
  const bar = form && form.querySelector("[data-bulk]");
  if (!bar) return;
  const count = form.querySelectorAll("[data-tick]:checked").length;
  bar.hidden = count === 0;
  bar.querySelector("[data-bulk-count]").textContent = say("selected", { count });
});

const wanted = [
  ["[data-autosave]", () => import("./autosave.js")],
  ["[data-grid]", () => import("./grid.js")],
  ["textarea[maxlength]", () => import("./counters.js")],
  ["[data-idle-seconds]", () => import("./idle.js")],
];
// Whoever drives a browser waits for the mark `data-ready`; it is gone while a part asks for modules that are not there.
let waiting = 0;
const prepare = async (root) => {
  waiting += 1;
  delete document.documentElement.dataset.ready;
  for (const button of root.querySelectorAll("[data-toast-close]")) button.hidden = false;
  for (const bar of root.querySelectorAll("[data-bulk]")) bar.hidden = !bar.closest("form")?.querySelector("[data-tick]:checked");
  await Promise.all(
    wanted.filter(([selector]) => root.querySelector(selector)).map(([, load]) => load().then((module) => module.prepare?.(root))),
  );
  waiting -= 1;
  if (!waiting) document.documentElement.dataset.ready = "yes";
};
prepare(document);
// The browser sees to `autofocus` by itself.
document.querySelector("[data-focus]:not([autofocus])")?.focus();

document.addEventListener("htmx:afterSettle", (event) => {
  const root = event.detail.elt.parentElement ?? document;
  prepare(root);
  root.querySelector("[data-focus]")?.focus();
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
  const form = event.detail.elt.closest("form");
  if (form) release(form);
});
// What was refused says why (mbl.core.views.errors answers htmx with a message); a bug has no words of its own.
document.addEventListener("htmx:responseError", (event) => {
  let message = "";
  try {
    message = JSON.parse(event.detail.xhr.responseText).message;
  } catch {
    // A page, not a message.
  }
  show(message || say("failed"));
});
document.addEventListener("htmx:sendError", () => show(say("offline")));
