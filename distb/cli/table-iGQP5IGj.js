import { i as widthOf, n as printable, t as cut } from "./terminal-Cfjl8I0w.js";

// dist/cli/table.js
/** Blanks between two columns. */
const GAP = 2;
/**
* A table whose lines fit the terminal: columns are as wide as their content, and where the line is too long those with
* `least` give way, the widest first. The first line is the header. Cells are made printable.
*/
function table(columns, rows, terminal) {
	const cells = rows.map((row) => columns.map((_, at) => printable(row[at] ?? "")));
	const widths = columns.map((column, at) => Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[at] ?? "")), 0));
	shrink(widths, columns, terminal.columns - GAP * (columns.length - 1));
	const line = (row) => columns.map((column, at) => pad(cut(row[at] ?? "", widths[at] ?? 0), widths[at] ?? 0, column.align ?? "left")).join(" ".repeat(GAP)).trimEnd();
	return [terminal.bold(line(columns.map((column) => column.title))), ...cells.map(line)];
}
/** Rows as lines of tab-separated values, for programs: nothing is cut or padded. */
function tabSeparated(rows) {
	return rows.map((row) => row.map((cell) => cell.replace(/[\t\n\r]/g, " ")).join("	"));
}
function shrink(widths, columns, room) {
	const least = columns.map((column, at) => Math.min(column.least ?? Number.POSITIVE_INFINITY, widths[at] ?? 0));
	for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
		let widest = -1;
		for (let at = 0; at < widths.length; at++) if ((widths[at] ?? 0) > (least[at] ?? 0) && (widest < 0 || (widths[at] ?? 0) > (widths[widest] ?? 0))) widest = at;
		if (widest < 0) return;
		widths[widest] = (widths[widest] ?? 1) - 1;
	}
}
function pad(text, width, align) {
	const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
	return align === "right" ? blanks + text : text + blanks;
}

export { table as n, tabSeparated as t };