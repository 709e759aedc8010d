/** The values of the regions in a drawn mask. */
export const [undecided, accepted, rejected, added] = [1, 2, 3, 4];
