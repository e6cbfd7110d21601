//! Prints what dissection costs: bodies in MB/s (MD5 alone, and the dissector with all around it), and small flows in
//! nanoseconds a flow.

#[path = "../tests/support/mod.rs"]
mod support;

use lookback_protocols::digest::{Digests, Md5};
use lookback_protocols::{Context, Registry, SessionFacts, Settings, Work};
use lookback_session::Fields;
use std::time::Instant;

const SEGMENT: usize = 1460;
const SEGMENTS: usize = 400_000;
const FLOWS: u32 = 100_000;

fn main() {
    let segment = vec![0xa5; SEGMENT];
    let megabytes = (SEGMENT * SEGMENTS) as f64 / 1e6;
    let start = Instant::now();
    let mut md5 = Md5::new();
    for _ in 0..SEGMENTS {
        md5.update(&segment);
    }
    let digest = md5.finalize();
    println!("md5 alone   {:6.0} MB/s  {:02x}", megabytes / start.elapsed().as_secs_f64(), digest[0]);

    let settings = Settings::default();
    let registry = Registry::new(&settings);
    let mut digests = Digests::default();
    for connections in [1, 4, 16] {
        let length = SEGMENT * SEGMENTS / connections;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let (mut fields, mut attached, mut reclassify, mut malformed) =
            (Fields::new(), Vec::new(), Vec::new(), Vec::new());
        let mut context = Context {
            session: SessionFacts { ip_protocol: 6, port: [40_000, 80], first_packet_us: 0, now_us: 0 },
            settings: &settings,
            fields: &mut fields,
            attached: &mut attached,
            reclassify: &mut reclassify,
            malformed: &mut malformed,
            digests: &mut digests,
            work: &mut Work::default(),
        };
        for _ in 0..connections {
            registry.classify(&mut context, 1, head.as_bytes());
        }
        let mut dissectors = std::mem::take(context.attached);
        let start = Instant::now();
        for dissector in &mut dissectors {
            dissector.payload(&mut context, 1, head.as_bytes());
        }
        for _ in 0..SEGMENTS / connections {
            for dissector in &mut dissectors {
                dissector.payload(&mut context, 1, &segment);
            }
        }
        context.digests.run();
        let rate = megabytes / start.elapsed().as_secs_f64();
        println!("http bodies {rate:6.0} MB/s on {connections} connections at a time");
    }

    let flows: [(&str, u8, u16, Vec<support::seeds::Conversation>); 3] = [
        ("http", 6, 80, support::seeds::http()),
        ("dns", 17, 53, support::seeds::dns()),
        ("tls", 6, 443, support::seeds::tls()),
    ];
    for (name, ip_protocol, port, talks) in flows {
        let talk = &talks[0];
        let start = Instant::now();
        for _ in 0..FLOWS {
            let facts = SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 0, now_us: 0 };
            let mut player = support::Player::new(&registry, &settings, facts);
            for (direction, data) in talk {
                player.payload(*direction, data);
            }
            player.end();
        }
        println!("{name:5} {:6.0} ns a flow", start.elapsed().as_nanos() as f64 / f64::from(FLOWS));
    }
}
