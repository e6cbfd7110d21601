// dist/model/hidden-fields.js
/** Whether a reader to whom the document paths `hidden` are closed may not see a field: it, what it counts, or anything above is in them. */
function isHiddenField(field, hidden) {
	if (hidden.size === 0) return false;
	for (const path of [field.path, field.countOf ?? ""]) for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) if (hidden.has(part)) return true;
	return false;
}

export { isHiddenField as t };