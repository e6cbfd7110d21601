import { smallDiskTests } from "../support/small-disk-tests.js";

smallDiskTests(75, 5, 1_234_567);
