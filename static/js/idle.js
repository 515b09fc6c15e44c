// Warns two minutes before the session ends, once, with a way to stay. Every request to the server starts the time anew.
import { say, show } from "./words.js";

const NOTICE = 120;
const seconds = Number(document.body.dataset.idleSeconds);
let timer = 0;

const warn = () => {
  const toast = show(say("idle"));
  const stay = document.createElement("button");
  stay.className = "action action--small";
  stay.type = "button";
  stay.textContent = say("stay");
  stay.addEventListener("click", async () => {
    const token = document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
    const headers = { "X-CSRFToken": token };
    const answer = await fetch(document.body.dataset.keepAlive, { method: "POST", headers, redirect: "manual" });
    if (answer.ok) {
      toast.remove();
      start();
    } else toast.textContent = say("signedOut");
  });
  toast.append(stay);
};
const start = () => {
  clearTimeout(timer);
  if (seconds > NOTICE) timer = setTimeout(warn, (seconds - NOTICE) * 1000);
};
start();
document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && start());
document.addEventListener("mbl:saved", start);
