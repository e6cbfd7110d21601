import { n as shownErrors, r as shownResult, t as prepareOperation } from "./streamed-operation-rHIA7esl.js";

export { prepareOperation, shownErrors, shownResult };