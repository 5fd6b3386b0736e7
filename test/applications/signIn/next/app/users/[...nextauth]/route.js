import { handlers } from "../../usersAuth.js";

export const { GET, POST } = handlers;
