import { smallDiskTests } from "../support/small-disk-tests.js";

smallDiskTests(1000, 50, 7_654_321);
