// dist/model/time-range.js
/** Every time there is. */
const ALL_TIME = {
	startMs: null,
	endMs: null,
	bounding: "last"
};

export { ALL_TIME as t };