// Takes a role on a data directory, says so on standard output, and holds it until it is killed, or for so many milliseconds.
// Arguments: directory, role, milliseconds.
import { takeRole } from "../../dist/catalogue/role-lock.js";

const [directory, role, milliseconds] = process.argv.slice(2);
const lock = takeRole(directory, role);
process.stdout.write("held\n");
if (milliseconds === undefined) setInterval(() => {}, 60_000);
else setTimeout(() => { lock.release(); }, Number(milliseconds));
