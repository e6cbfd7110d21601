// dist/model/retention-event.js
/** Tells nobody; for commands and tests. */
const noRetentionEvents = {
	raise() {},
	clear() {},
	lasting: () => []
};

export { noRetentionEvents as t };