//! The blocks of a pcapng file after a section header, whose byte order the first byte chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_pcapfile::Reader;
use std::io::Cursor;

fuzz_target!(|data: &[u8]| {
    let Some((order, blocks)) = data.split_first() else { return };
    let word = |value: u32| if order & 1 == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
    let half = |value: u16| if order & 1 == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
    let interface = [word(1), word(20), [half(1), half(0)].concat().try_into().unwrap_or_default(), word(0), word(20)];
    let section = [word(0x0a0d_0d0a), word(28), word(0x1a2b_3c4d), word(0), word(0xffff_ffff), word(0xffff_ffff), word(28)];
    let file = [section.as_flattened(), interface.as_flattened(), blocks].concat();
    let length = file.len();
    let Ok(mut reader) = Reader::from_read(Box::new(Cursor::new(file))) else { return };
    let mut packets = 0;
    while let Ok(Some(packet)) = reader.next_packet() {
        assert!(packet.data.len() < packet.record_length as usize);
        packets += 1;
        // Blocks of twelve bytes are the smallest there are.
        assert!(packets <= length / 12);
    }
});
