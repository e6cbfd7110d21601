//! Prints what open sessions cost in memory, and how fast a flood of them is taken: `open_flows [SESSIONS]` (default 1.5
//! million, as many as `maxStreams`). JSON: resident bytes a session of half-open and of established connections, and
//! microseconds a packet of a flood that goes on for a million sessions beyond the bound, on average and at most.

use lookback_engine::EngineSettings;
use lookback_flow::{FlowTable, PacketFacts};
use lookback_session::PacketPosition;
use lookback_wire::{Decoded, FlowKind};
use std::time::Instant;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sessions of the flood beyond the bound.
const FLOOD: u32 = 1_000_000;
const SYN: u16 = 0x02;
const ACK: u16 = 0x10;

fn segment(number: u32, from_client: bool, flags: u16, sequence: u32, acknowledgement: u32) -> Decoded {
    let mut decoded = Decoded { kind: FlowKind::Tcp, has_ip: true, ip_protocol: 6, ..Decoded::default() };
    let client = (0x0a00_0000 | number).to_be_bytes();
    let server = [192, 0, 2, (number % 250) as u8 + 1];
    let (source, destination) = if from_client { (client, server) } else { (server, client) };
    decoded.source[12..16].copy_from_slice(&source);
    decoded.destination[12..16].copy_from_slice(&destination);
    let port = 1024 + (number % 60_000) as u16;
    (decoded.source_port, decoded.destination_port) = if from_client { (port, 443) } else { (443, port) };
    decoded.tcp.flags = flags;
    decoded.tcp.sequence = sequence;
    decoded.tcp.acknowledgement = acknowledgement;
    decoded
}

fn take(table: &mut FlowTable, decoded: &Decoded, ordinal: u64) {
    let second = (ordinal / 100_000) as i64;
    table.packet(&PacketFacts {
        frame: &[],
        decoded,
        timestamp_ns: second * 1_000_000_000,
        clock_s: second,
        clock_before_s: second,
        link_type: 1,
        captured_length: 60,
        original_length: 60,
        truncated: false,
        ordinal,
        position: PacketPosition { file: 1, length: 76, offset: ordinal * 76 },
        origin: 0,
        earlier: &[],
    });
}

/// Resident bytes of this process.
fn resident() -> std::io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024)
}

fn main() -> std::io::Result<()> {
    let sessions: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_500_000);
    let mut flow = EngineSettings::default().flow;
    flow.max_flows = sessions as usize;
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / f64::from(sessions);

    let before = resident()?;
    let mut table = FlowTable::new(flow.clone(), [7; 16]);
    // As a worker does.
    table.saved().reserve_exact(8_192);
    let mut ordinal = 0;
    for number in 0..sessions {
        take(&mut table, &segment(number, true, SYN, 1, 0), ordinal);
        ordinal += 1;
    }
    let half_open = each(before, resident()?);
    for number in 0..sessions {
        take(&mut table, &segment(number, false, SYN | ACK, 1, 2), ordinal);
        take(&mut table, &segment(number, true, ACK, 2, 2), ordinal + 1);
        ordinal += 2;
    }
    let established = each(before, resident()?);

    // Now every new one costs the oldest its place.
    let (start, mut longest) = (Instant::now(), 0u128);
    for number in sessions..sessions.saturating_add(FLOOD) {
        let packet = segment(number, true, SYN, 1, 0);
        let one = Instant::now();
        take(&mut table, &packet, ordinal);
        longest = longest.max(one.elapsed().as_nanos());
        ordinal += 1;
        if table.saved().len() >= 8_192 {
            table.saved().clear();
        }
    }
    let average = start.elapsed().as_secs_f64() * 1e6 / f64::from(FLOOD);
    println!(
        "{{\"sessions\":{sessions},\"halfOpenBytes\":{half_open:.0},\"establishedBytes\":{established:.0},\"floodMicroseconds\":{average:.2},\"floodLongestMicroseconds\":{:.0}}}",
        longest as f64 / 1e3
    );
    Ok(())
}
