-- A line that cannot be worked out goes behind all others, by being written again (ADR 0022).
grant insert on link.due to nacr_linker;
