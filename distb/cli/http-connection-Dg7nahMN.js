import { n as errorOf, r as failureOf, t as HttpConnection } from "./http-connection-bWchLzGS.js";

export { HttpConnection };