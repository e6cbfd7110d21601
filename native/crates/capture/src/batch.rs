//! Packets on their way from a source to the engine. A batch holds records as a nanosecond pcap file holds them
//! (16 bytes of header, then the packet), so that it is written to a file as it is: the packets are copied once.

use lookback_pcapfile::{RECORD_HEADER, record_header};
use std::sync::Arc;

/// Bytes of a batch; a longer one is never made, so a packet longer than this less the header is cut.
pub const BATCH_BYTES: usize = 1 << 20;

/// Records of packets in order of arrival from one interface.
#[derive(Clone, Debug)]
pub struct Batch {
    bytes: Arc<Vec<u8>>,
    used: usize,
    packets: u32,
    cut: u32,
}

impl Batch {
    /// The records.
    pub fn records(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }
    /// The buffer that the records are the beginning of; whoever holds a clone keeps it from being used again.
    pub fn buffer(&self) -> &Arc<Vec<u8>> {
        &self.bytes
    }
    /// Packets in it.
    pub fn packets(&self) -> u32 {
        self.packets
    }
    /// Packets of which fewer bytes are here than were on the wire.
    pub fn cut(&self) -> u32 {
        self.cut
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.packets == 0
    }

    /// Appends a packet given in parts, or returns false when it does not fit any more. Bytes after `snaplen` are left
    /// out. Times before 1970 become 1970.
    pub fn push(&mut self, timestamp_ns: i64, original_length: u32, snaplen: u32, parts: &[&[u8]]) -> bool {
        let whole: usize = parts.iter().map(|part| part.len()).sum();
        let most = (snaplen as usize).min(BATCH_BYTES - RECORD_HEADER);
        let captured = whole.min(most);
        let start = self.used;
        let end = start + RECORD_HEADER + captured;
        // The pool hands out buffers that nobody else holds; a shared one counts as full.
        let Some(room) = Arc::get_mut(&mut self.bytes).and_then(|bytes| bytes.get_mut(start..end)) else {
            return false;
        };
        let (header, mut data) = room.split_at_mut(RECORD_HEADER);
        header.copy_from_slice(&record_header(
            timestamp_ns,
            original_length.max(captured as u32),
            captured as u32,
        ));
        for part in parts {
            let length = part.len().min(data.len());
            let (here, rest) = data.split_at_mut(length);
            here.copy_from_slice(part.get(..length).unwrap_or_default());
            data = rest;
        }
        self.used = end;
        self.packets += 1;
        self.cut += u32::from(captured < original_length as usize);
        true
    }
}

/// Buffers that batches are made of, used again once nobody holds them. A pool belongs to one source thread.
#[derive(Debug)]
pub struct BatchPool {
    buffers: Vec<Arc<Vec<u8>>>,
    most: usize,
}

impl BatchPool {
    /// A pool of at most `most` buffers of 1 MiB.
    pub fn new(most: usize) -> Self {
        Self { buffers: Vec::new(), most: most.max(1) }
    }

    /// An empty batch; none while all buffers are held.
    pub fn take(&mut self) -> Option<Batch> {
        let free = self.buffers.iter_mut().position(|buffer| Arc::get_mut(buffer).is_some());
        let bytes = match free {
            Some(at) => self.buffers.swap_remove(at),
            None if self.buffers.len() < self.most => Arc::new(vec![0; BATCH_BYTES]),
            None => return None,
        };
        Some(Batch { bytes, used: 0, packets: 0, cut: 0 })
    }

    /// Remembers a batch's buffer for later use; call it before the batch is sent on.
    pub fn lend(&mut self, batch: &Batch) {
        if self.buffers.len() < self.most {
            self.buffers.push(Arc::clone(&batch.bytes));
        }
    }
}

/// One record of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// Bytes on the wire.
    pub original_length: u32,
    /// Offset of the record's header in the batch.
    pub offset: u32,
    /// Offset of the packet's first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
}

/// The records of a run of bytes, in order; ends at the first that is not whole.
pub fn records(bytes: &[u8]) -> impl Iterator<Item = Record> + '_ {
    let mut offset = 0usize;
    std::iter::from_fn(move || {
        let header = bytes.get(offset..offset + RECORD_HEADER)?;
        let number =
            |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let start = offset + RECORD_HEADER;
        let end = start + number(8) as usize;
        if end > bytes.len() {
            return None;
        }
        let record = Record {
            timestamp_ns: i64::from(number(0)) * 1_000_000_000 + i64::from(number(4)),
            original_length: number(12),
            offset: offset as u32,
            start: start as u32,
            end: end as u32,
        };
        offset = end;
        Some(record)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_read_back_cut_at_the_snaplen() {
        let mut pool = BatchPool::new(2);
        let mut batch = pool.take().unwrap();
        assert!(batch.push(5_000_000_007, 9, 6, &[b"abc", b"", b"defghi"]));
        assert!(batch.push(-1, 0, 6, &[]));
        let found: Vec<_> = records(batch.records()).collect();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].timestamp_ns, found[0].original_length), (5_000_000_007, 9));
        assert_eq!(&batch.records()[found[0].start as usize..found[0].end as usize], b"abcdef");
        assert_eq!((found[1].timestamp_ns, found[1].original_length, found[1].start), (0, 0, 38));
        assert_eq!((batch.packets(), batch.cut()), (2, 1));
    }

    #[test]
    fn a_buffer_is_used_again_only_when_nobody_holds_it() {
        let mut pool = BatchPool::new(1);
        let batch = pool.take().unwrap();
        pool.lend(&batch);
        let held = batch.clone();
        drop(batch);
        assert!(pool.take().is_none());
        drop(held);
        assert!(pool.take().is_some());
    }

    #[test]
    fn a_full_batch_takes_no_more_and_a_torn_record_ends_the_list() {
        let mut batch = BatchPool::new(1).take().unwrap();
        let packet = vec![7; 60_000];
        let mut taken = 0;
        while batch.push(0, 60_000, 65_535, &[&packet]) {
            taken += 1;
        }
        assert_eq!(taken, BATCH_BYTES / 60_016);
        let bytes = batch.records();
        assert_eq!(records(&bytes[..bytes.len() - 1]).count(), taken - 1);
    }
}
