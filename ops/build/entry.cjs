#!/usr/bin/env node
// The program as it is started: `main.js` of the bundle. CommonJS, for the loader of ES modules starts libuv's threads to read the first
// one, and how many there are is settled by then.
//
// The index occupies a thread for each query (4) and each stream (24) that runs, and so does each import (24): of libuv's own four none would be
// left for logins, files and names of hosts. A capture runs none of these, and each thread that once wrote a segment keeps some
// megabytes: with as many it takes 100 MB more within an hour. It has one for each of a dozen disks that hang. A number that the
// environment gives is kept.
const { access } = require("node:fs");

/** Whether `capture` is the command: the first word that is no option. Each option before it takes a value. */
function isCapture(words) {
  let at = 0;
  while (words[at]?.startsWith("-")) at += words[at].includes("=") ? 1 : 2;
  return words[at] === "capture";
}

if (process.env.UV_THREADPOOL_SIZE === undefined) {
  process.env.UV_THREADPOOL_SIZE = isCapture(process.argv.slice(2)) ? "12" : "60";
  // Whoever needs the first thread starts all of them. What this process starts finds its own number.
  access(__filename, () => {});
  delete process.env.UV_THREADPOOL_SIZE;
}

// eslint-disable-next-line unicorn/prefer-top-level-await -- CommonJS has none.
void import("./main.mjs");
