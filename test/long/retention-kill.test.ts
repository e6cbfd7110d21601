import { killTests } from "../support/retention-kill-tests.js";

killTests(30, 7_654_321);
