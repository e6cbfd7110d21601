// dist/model/access-scope.js
/** The scope of the service itself: retention, compaction, start-up. */
const SERVICE_SCOPE = {
	user: "service",
	forcedExpression: null,
	hiddenFields: /* @__PURE__ */ new Set(),
	oldestMs: null
};

export { SERVICE_SCOPE as t };