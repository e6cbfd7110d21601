-- Inode of the directory that a packet file was seen in, and when that was made; null where nobody saw it there. It tells a file that is gone
-- from one whose mount is away. The device was in no row: its number is another one after a start.
ALTER TABLE files RENAME COLUMN device TO directory_inode;
