// dist/base/nearest-name.js
/** Longest name that suggestions are looked for; longer ones are no slip of the finger. */
const LONGEST_NAME = 100;
/** Edit distance with transpositions (optimal string alignment), or `limit + 1` once it is sure to be more than `limit`. */
function distance(a, b, limit) {
	if (Math.abs(a.length - b.length) > limit) return limit + 1;
	let before = [];
	let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		let least = i;
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1];
			let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
			current.push(cost);
			least = Math.min(least, cost);
		}
		if (least > limit) return limit + 1;
		before = previous;
		previous = current;
	}
	return previous[b.length] ?? limit + 1;
}
function sortedParts(name) {
	return name.split(".").sort().join(".");
}
/**
* At most `most` of `candidates` that `name` may have been meant for, nearest first: the same dotted parts in another
* order (`src.ip` for `ip.src`), or few letters away. Empty when none is near.
*/
function nearestNames(name, candidates, most) {
	if (name === "" || name.length > LONGEST_NAME) return [];
	const wanted = name.toLowerCase();
	const parts = sortedParts(wanted);
	const limit = Math.max(1, Math.min(4, Math.floor(wanted.length / 3)));
	const near = [];
	for (const candidate of candidates) {
		const lower = candidate.toLowerCase();
		const cost = sortedParts(lower) === parts ? 0 : distance(wanted, lower, limit);
		if (cost <= limit) near.push({
			candidate,
			cost
		});
	}
	near.sort((a, b) => a.cost - b.cost || a.candidate.length - b.candidate.length || (a.candidate < b.candidate ? -1 : 1));
	return near.slice(0, most).map(({ candidate }) => candidate);
}

export { nearestNames as t };