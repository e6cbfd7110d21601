import { t as startWatching } from "./watching-Bb0pnrWb.js";

export { startWatching };