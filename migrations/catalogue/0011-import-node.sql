-- Sensor that an import's packets are of; null: the one that imports.
ALTER TABLE jobs ADD COLUMN node TEXT;
