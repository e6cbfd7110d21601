import { n as openCatalogue, t as Catalogue } from "./catalogue-DuvUS5yj.js";

export { Catalogue, openCatalogue };