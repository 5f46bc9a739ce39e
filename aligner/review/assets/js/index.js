// The index of a run: its columns sort.

function sorting(table) {
  const body = one("tbody", table);
  const compare = new Intl.Collator("fr", { numeric: true }).compare;
  const buttons = all("[data-sort]", table);
  buttons.forEach((button, column) => {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      // Names start from A, numbers from the highest.
      const first = button.dataset.sort === "text" ? "ascending" : "descending";
      const second = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? second : first;
      for (const other of buttons) other.closest("th").removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const keyed = [...body.rows].map((row) => [row.cells[column].dataset.value, row]);
      // What has no score comes last in both orders.
      keyed.sort(([a], [b]) => (a === "") - (b === "") || sign * (button.dataset.sort === "text" ? compare(a, b) : a - b));
      body.append(...keyed.map(([, row]) => row));
    });
  });
}

sorting(one(".documents"));
