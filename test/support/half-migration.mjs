// Applies the first step of the catalogue's migrations whole and the first statement of the second, says so on standard
// output, and stays inside that transaction until it is killed. Arguments: the data directory.
import { loadMigrations, migrate } from "../../dist/catalogue/migrations.js";
import { makeCatalogueFile, openConnection } from "../../dist/catalogue/database.js";

makeCatalogueFile(process.argv[2]);
const { connection } = openConnection(process.argv[2]);
const migrations = loadMigrations();
const second = migrations[1];
const half = second.sql.slice(0, second.sql.indexOf(";") + 1);

const halting = new Proxy(connection, {
  get(target, name) {
    if (name === "exec") {
      return (sql) => {
        if (sql !== second.sql) return target.exec(sql);
        target.exec(half);
        process.stdout.write("half\n");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      };
    }
    const value = target[name];
    return typeof value === "function" ? value.bind(target) : value;
  },
});
const clock = { nowMs: () => 0 };
// Of a new catalogue all steps are one.
migrate(connection, migrations.slice(0, 1), clock);
migrate(halting, migrations, clock);
