//! Raw IP packets, each behind its length (one byte).
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_wire::{Addition, Decoded, DefragmentLimits, Defragmenter, decode, decode_reassembled, link_type};

fuzz_target!(|data: &[u8]| {
    let mut defragmenter = Defragmenter::new(DefragmentLimits { datagrams: 4, timeout_s: 3, bytes: 2000 });
    let mut decoded = Decoded::default();
    let mut rest = data;
    let mut number = 0;
    while let Some((length, behind)) = rest.split_first() {
        let (frame, next) = behind.split_at(usize::from(*length).min(behind.len()));
        rest = next;
        number += 1;
        if decode(link_type::RAW, frame, frame.len() as u32, &mut decoded).is_err() || decoded.fragment.is_none() {
            continue;
        }
        if let Addition::Complete(whole) = defragmenter.add(frame, &decoded, number / 4, number as u64) {
            let _ = decode_reassembled(&whole.frame, &whole.fragment, &mut decoded);
            assert!(decoded.payload_end as usize <= whole.frame.len());
        }
        assert!(defragmenter.waiting() <= 4 && defragmenter.bytes() <= 2000);
    }
});
