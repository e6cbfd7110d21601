// dist/base/clock.js
/** The host's clock. */
const systemClock = { nowMs: () => Date.now() };

export { systemClock as t };