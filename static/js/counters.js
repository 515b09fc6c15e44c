// How much room is left in a text with a limit; said aloud only near the end.
import { say } from "./words.js";

const NEAR = 20;

export const prepare = (root) => {
  for (const area of root.querySelectorAll("textarea[maxlength]")) {
    if (area.dataset.counted) continue;
    area.dataset.counted = "yes";
    const place = document.createElement("div");
    place.className = "field__count";
    area.after(place);
    const count = () => {
      const left = area.maxLength - area.value.length;
      place.textContent = say("charactersLeft", { count: left.toLocaleString(document.documentElement.lang) });
      if (left <= NEAR) place.setAttribute("role", "status");
    };
    area.addEventListener("input", count);
    count();
  }
};
