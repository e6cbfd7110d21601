// dist/capture/import-job.js
/** Whether nothing more happens to a job. A cancelled one is `failed` with QUERY_CANCELLED. */
function isFinished(state) {
	return state !== "queued" && state !== "running";
}

export { isFinished as t };