/* On a narrow screen a row of a table is a card (app.css); each of its cells then says the
   name of its column, and the roles that such a look takes away are put back. */

/** Prepare the tables of every page that arrives; called once. */
export function startTables() {
  document.addEventListener("htmx:after:swap", () => {
    for (const table of document.querySelectorAll("#page .table")) prepare(table);
  });
}

function prepare(table) {
  const names = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  table.role = "table";
  for (const part of table.querySelectorAll("thead, tbody")) part.role = "rowgroup";
  for (const head of table.querySelectorAll("thead th")) head.role = "columnheader";
  for (const row of table.rows) {
    row.role = "row";
    if (row.parentElement.matches("tbody")) [...row.cells].forEach((cell, at) => name(cell, names[at]));
  }
}

function name(cell, column) {
  const isHead = cell.matches("th");
  cell.role = isHead ? "rowheader" : "cell";
  if (isHead || !cell.textContent.trim()) return;
  cell.dataset.column = cell.querySelector("button") ? "" : column ?? ""; // buttons say what they do
}
