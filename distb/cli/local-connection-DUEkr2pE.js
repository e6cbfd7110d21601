import { t as openLocal } from "./local-connection-8u9EC0mH.js";

export { openLocal };