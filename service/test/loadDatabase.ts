// Loading the database takes seconds on a busy machine. So it is done before the first test, whose time limit it would use up.
import { sharedDatabase } from "./inProcess.js";

await sharedDatabase();
