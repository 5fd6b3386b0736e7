/** The newest version that the live service accepts in recorded traffic. */
export const defaultApiVersion = "2023-10-01";
