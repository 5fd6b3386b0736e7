/**
 * The folder beside the copy of the checkout into which `run.ts` installs the project's other packages, and which it
 * removes: to write or remove their thousands of files, Wine takes minutes in which it prints nothing.
 */
export const wineProject = "project";
