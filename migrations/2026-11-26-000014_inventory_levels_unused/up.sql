-- No version ever wrote these columns, and no released version reads them, so they need no release in between.
ALTER TABLE inventory_levels DROP COLUMN reserved, DROP COLUMN incoming;
