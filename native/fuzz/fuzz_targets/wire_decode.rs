//! A link type (two bytes), whether the capture was cut (one byte), and a frame.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_wire::{Decoded, FlowKey, SessionIdTracking, decode, flow_hash, plain_flow_hash};

fuzz_target!(|data: &[u8]| {
    let Some((&[high, low, cut], frame)) = data.split_first_chunk::<3>() else { return };
    let mut decoded = Decoded::default();
    let original_length = frame.len() as u32 + u32::from(cut & 1) * 100;
    let link_type = u16::from_be_bytes([high & 1, low]);
    if decode(link_type, frame, original_length, &mut decoded).is_err() {
        return;
    }
    let tracking = SessionIdTracking::Vlan;
    if let Some(hash) = plain_flow_hash(link_type, frame, tracking) {
        assert_eq!(hash, flow_hash(&decoded, tracking));
    }
    assert!(decoded.payload_start <= decoded.payload_end && decoded.payload_end as usize <= frame.len());
    let key = FlowKey::of(&decoded, SessionIdTracking::Vni);
    std::mem::swap(&mut decoded.source, &mut decoded.destination);
    std::mem::swap(&mut decoded.source_port, &mut decoded.destination_port);
    assert_eq!(key, FlowKey::of(&decoded, SessionIdTracking::Vni));
});
