import { t as RetentionService } from "./retention-service-CJThZGTM.js";

export { RetentionService };