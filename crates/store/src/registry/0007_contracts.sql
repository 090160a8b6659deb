-- Goals that are paid for again and again: week, month, quarter or year; NULL for all others.
ALTER TABLE goal ADD COLUMN renews TEXT;
