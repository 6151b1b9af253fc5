"""Floor 2: analysis. Table in, table out; nothing read, drawn, printed or changed in place."""
