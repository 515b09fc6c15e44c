// <form data-autosave="/address/"> sends its fields there as they are typed; files stay until the form is sent.
// <… data-autosave-status> inside the form says when it was saved, or plainly that it was not.
// A form with an "edition" field: each answer carries the new one, and 409 brings what somebody else wrote meanwhile,
// shown in <… data-autosave-conflict>. Saving then waits for the writer's own choice.
import { clock, say } from "./words.js";

const WAIT = 1200;
const AGAIN = 15000;
const states = new WeakMap();

const fieldsOf = (form) => {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  // The owner's mark is for a form that is sent; what is only saved may not be taken for one.
  data.delete("form_owner");
  return data;
};

const save = async (form) => {
  const state = states.get(form);
  if (!state.dirty || state.sending || state.stopped) return;
  if (!navigator.onLine) return state.tell(say("offline"));
  state.sending = true;
  state.dirty = false;
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: fieldsOf(form),
      headers: { "X-Autosave": "1" },
      redirect: "manual",
    });
    if (answer.ok) {
      const edition = answer.headers.get("X-Edition");
      if (edition && form.elements.edition) form.elements.edition.value = edition;
      state.tell(say("saved", { time: clock() }));
      document.dispatchEvent(new Event("mbl:saved"));
    } else if (answer.status === 409 && form.querySelector("[data-autosave-conflict]")) {
      state.stopped = true;
      state.tell("");
      form.querySelector("[data-autosave-conflict]").innerHTML = await answer.text();
    } else {
      const signedOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
      state.dirty = true;
      state.tell(say(signedOut ? "signedOut" : "notSaved"));
      state.later(AGAIN);
    }
  } catch {
    state.dirty = true;
    state.tell(say(navigator.onLine ? "notSaved" : "offline"));
    state.later(AGAIN);
  } finally {
    state.sending = false;
    if (state.dirty) state.later(AGAIN);
  }
};

const watch = (form) => {
  if (states.has(form)) return;
  const place = form.querySelector("[data-autosave-status]");
  const state = {
    dirty: false,
    sending: false,
    timer: 0,
    tell: (sentence) => place && place.textContent !== sentence && (place.textContent = sentence),
    later: (time) => {
      clearTimeout(state.timer);
      state.timer = setTimeout(() => save(form), time);
    },
  };
  states.set(form, state);
  const changed = () => {
    state.dirty = true;
    state.later(WAIT);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    clearTimeout(state.timer);
    state.dirty = false;
  });
  addEventListener("online", () => save(form));
  addEventListener("pagehide", () => {
    if (state.dirty && !state.stopped) navigator.sendBeacon(form.dataset.autosave, fieldsOf(form));
  });
};

export const prepare = (root) => root.querySelectorAll("form[data-autosave]").forEach(watch);
