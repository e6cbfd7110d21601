import { t as lookbackVersion } from "./version-BJZLIN3h.js";

export { lookbackVersion };