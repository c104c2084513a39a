/** Stands for a worker that cannot start. */
throw new RangeError("refused");
