/** Stands for a worker that fails before it works. */
throw new RangeError("no start");
