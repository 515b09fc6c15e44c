// A table of links as one Tab stop: arrows move, Home and End go to the ends of the row. In a wide window a cell's page
// opens beside the table; focus stays in the cell, and Escape or the cross close it.
const wide = matchMedia("(min-width: 900px)");

const openBeside = async (link, aside) => {
  const answer = await fetch(link.href);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-why]");
  if (!answer.ok || !found) throw new Error("There is no such part in the answer.");
  // Both pages number their ids from one.
  for (const name of ["id", "aria-labelledby"]) {
    for (const one of found.querySelectorAll(`[${name}]`)) one.setAttribute(name, `why-${one.getAttribute(name)}`);
  }
  for (const other of link.closest("table").querySelectorAll("a[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  aside.querySelector("[data-grid-who]").textContent = link.closest("tr").cells[0].textContent;
  aside.querySelector("[data-grid-answer]").replaceChildren(found);
  aside.hidden = false;
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const close = (table, aside) => {
  const link = table.querySelector("a[aria-current]");
  aside.hidden = true;
  link?.removeAttribute("aria-current");
  link?.focus();
};

const besides = (table, aside) => {
  table.addEventListener("click", (event) => {
    const link = event.target.closest("td > a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || !wide.matches) return;
    event.preventDefault();
    openBeside(link, aside).catch(() => location.assign(link.href));
  });
  table.addEventListener("keydown", (event) => event.key === "Escape" && !aside.hidden && close(table, aside));
  aside.addEventListener("keydown", (event) => event.key === "Escape" && close(table, aside));
  aside.querySelector("[data-grid-close]").addEventListener("click", () => close(table, aside));
};

const cells = (table) => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td > a")]);

export const prepare = (root) => {
  for (const table of root.querySelectorAll("table[data-grid]")) {
    if (table.dataset.grid === "ready") continue;
    table.dataset.grid = "ready";
    const aside = table.closest(".grid-and-why")?.querySelector("[data-grid-why]");
    if (aside) besides(table, aside);
    const links = table.querySelectorAll("td > a");
    const first = table.querySelector("td > a[aria-current]") ?? links[0];
    for (const link of links) link.tabIndex = link === first ? 0 : -1;
    table.addEventListener("focusin", (event) => {
      if (!event.target.matches("td > a")) return;
      for (const link of table.querySelectorAll('td > a[tabindex="0"]')) link.tabIndex = -1;
      event.target.tabIndex = 0;
    });
    table.addEventListener("keydown", (event) => {
      if (!event.target.matches("td > a")) return;
      const all = cells(table);
      const row = all.findIndex((line) => line.includes(event.target));
      const column = all[row].indexOf(event.target);
      const onward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
      const back = onward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
      const goal = {
        [onward]: () => all[row][column + 1],
        [back]: () => all[row][column - 1],
        ArrowDown: () => all[row + 1]?.[column],
        ArrowUp: () => all[row - 1]?.[column],
        Home: () => all[row][0],
        End: () => all[row].at(-1),
      }[event.key];
      if (!goal) return;
      event.preventDefault();
      goal()?.focus();
    });
  }
};
