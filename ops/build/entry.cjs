#!/usr/bin/env node
// The program as it is started: `main.js` of the bundle. CommonJS, for the loader of ES modules starts libuv's threads to read the first
// one, and how many there are is settled by then.
//
// The index occupies a thread for each query (4) and each stream (24) that runs, and so does each import (24): of libuv's own four none would be
// left for logins, files and names of hosts. A number that the environment gives is kept.
process.env.UV_THREADPOOL_SIZE ??= "60";

// eslint-disable-next-line unicorn/prefer-top-level-await -- CommonJS has none.
void import("./main.mjs");
