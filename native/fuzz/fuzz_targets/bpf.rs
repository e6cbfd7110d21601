#![no_main]
//! No BPF program reads outside of its packet or runs for ever, whatever its instructions.

use libfuzzer_sys::fuzz_target;
use lookback_capture::filter::{Instruction, Program};

fuzz_target!(|data: &[u8]| {
    let Some((length, rest)) = data.split_first() else { return };
    let (program, packet) = rest.split_at((usize::from(*length) * 8).min(rest.len() / 8 * 8));
    let instructions = program
        .chunks_exact(8)
        .map(|bytes| Instruction {
            code: u16::from_le_bytes([bytes[0], bytes[1]]),
            jump_true: bytes[2],
            jump_false: bytes[3],
            k: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
        })
        .collect();
    let _ = Program::of(instructions).accepts(packet, packet.len() as u32);
});
