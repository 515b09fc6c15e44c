// A table of links as one Tab stop: arrows move, Home and End go to the ends of the row.
const cells = (table) => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td > a")]);

export const prepare = (root) => {
  for (const table of root.querySelectorAll("table[data-grid]")) {
    if (table.dataset.grid === "ready") continue;
    table.dataset.grid = "ready";
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
