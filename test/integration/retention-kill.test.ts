import { killTests } from "../support/retention-kill-tests.js";

// Killed and started again a few times here; `npm run test:long` has the long series.
killTests(4, 20_260_101);
