/** As in package.json; a unit test compares them. Kept here so that `--version` reads no file. */
export const version: string = "0.1.0";
