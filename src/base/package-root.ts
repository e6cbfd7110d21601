/** Where the package lies. The same from `src/base/`, from `dist/base/` and from the files of `dist/bundle/`. */
export const PACKAGE_ROOT = new URL("../../", import.meta.url);
