// Takes a role on a data directory, says so on standard output, and holds it until it is killed. Arguments: directory, role.
import { takeRole } from "../../dist/catalogue/role-lock.js";

takeRole(process.argv[2], process.argv[3]);
process.stdout.write("held\n");
setInterval(() => {}, 60_000);
