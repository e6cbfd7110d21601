// dist/cli/terminal.js
/** Width where a terminal does not tell one. */
const USUAL_COLUMNS = 80;
/**
* What a stream may be sent. Colours are for terminals, never when `NO_COLOR` is set to anything (https://no-color.org) or
* the terminal is `dumb`.
*/
function terminalOf(stream, environment) {
	const forPeople = stream.isTTY === true;
	const coloured = forPeople && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
	const style = (on, off) => (text) => coloured && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
	return {
		forPeople,
		columns: Math.max(stream.columns === void 0 || stream.columns === 0 ? USUAL_COLUMNS : stream.columns, 20),
		bold: style(1, 22),
		dim: style(2, 22),
		red: style(31, 39),
		yellow: style(33, 39),
		green: style(32, 39)
	};
}
/** Text of a capture as a line may show it: control characters, which could steer a terminal, are replaced. */
function printable(text) {
	return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·");
}
/** Characters that take two columns (East Asian wide and fullwidth, emoji), roughly UAX #11. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Columns that a text without control characters takes. */
function widthOf(text) {
	let width = 0;
	for (const character of text) width += /\p{Mn}|\p{Me}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
	return width;
}
/** The text within `columns`, its end replaced by an ellipsis where it is longer. */
function cut(text, columns) {
	if (widthOf(text) <= columns) return text;
	let [shown, width] = ["", 0];
	for (const character of text) {
		const next = widthOf(character);
		if (width + next > columns - 1) break;
		shown += character;
		width += next;
	}
	return columns < 1 ? "" : `${shown}\u2026`;
}

export { widthOf as i, printable as n, terminalOf as r, cut as t };