//! Prints how fast rows become segments, and how large they are: `segment_rate [ROWS] [DIRECTORY]`.
//! Rows look like those of short HTTP, TLS and DNS flows: about 45 columns, 12 packets each.

use lookback_segment::{SegmentTarget, SegmentWriter};
use lookback_session::core_fields as core;
use lookback_session::{Ends, FieldSpec, Fields, Kind, PacketPosition, Session, TcpFlagCounts};
use std::time::Instant;

static HOST: FieldSpec = FieldSpec::set("http", "host.http", "http.host", Kind::LowerTerm);
static URI: FieldSpec = FieldSpec::set("http", "http.uri", "http.uri", Kind::Term);
static PATH: FieldSpec = FieldSpec::set("http", "http.uri.path", "http.path", Kind::Term);
static METHOD: FieldSpec = FieldSpec::set("http", "http.method", "http.method", Kind::Term);
static STATUS: FieldSpec = FieldSpec::set("http", "http.statuscode", "http.statuscode", Kind::Integer);
static AGENT: FieldSpec = FieldSpec::set("http", "http.user-agent", "http.useragent", Kind::Term);
static HASH: FieldSpec = FieldSpec::set("http", "http.md5", "http.md5", Kind::LowerTerm);
static CIPHER: FieldSpec = FieldSpec::set("tls", "tls.cipher", "tls.cipher", Kind::UpperTerm);
static JA3: FieldSpec = FieldSpec::set("tls", "tls.ja3", "tls.ja3", Kind::LowerTerm);
static JA4: FieldSpec = FieldSpec::set("tls", "tls.ja4", "tls.ja4", Kind::LowerTerm);
static TLS_VERSION: FieldSpec = FieldSpec::set("tls", "tls.version", "tls.version", Kind::Term);
static TLS_SESSION: FieldSpec =
    FieldSpec::set("tls", "tls.sessionid.dst", "tls.dstSessionId", Kind::LowerTerm);
static DNS: FieldSpec = FieldSpec::objects("dns", "dns");
static QUERY: FieldSpec =
    FieldSpec::one("dns", "dns.query.host", "dns.queryHost", Kind::LowerTerm).member_of("dns");
static QUERY_TYPE: FieldSpec =
    FieldSpec::one("dns", "dns.query.type", "dns.qt", Kind::UpperTerm).member_of("dns");
static DNS_HOST: FieldSpec = FieldSpec::set("dns", "host.dns", "dns.host", Kind::LowerTerm).member_of("dns");
static DNS_IP: FieldSpec = FieldSpec::set("dns", "ip.dns", "dns.ip", Kind::Ip).member_of("dns");
static DECLARED: &[&FieldSpec] = &[&DNS, &QUERY, &QUERY_TYPE, &DNS_HOST, &DNS_IP];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 20) % bound
    }
}

fn v4(host: u64) -> [u8; 16] {
    let mut address = [0; 16];
    address[10..].copy_from_slice(&[0xff, 0xff, 10, (host >> 16) as u8, (host >> 8) as u8, host as u8]);
    address
}

fn hex(random: &mut Random, words: usize) -> String {
    (0..words).map(|_| format!("{:016x}", random.next())).collect()
}

fn fields(random: &mut Random, kind: u64) -> Fields {
    let mut fields = Fields::new();
    fields.add_text(&core::PROTOCOLS, if kind == 2 { "udp" } else { "tcp" });
    fields.add_text(&core::SOURCE_MAC, &format!("02:00:00:00:00:{:02x}", random.below(40)));
    fields.add_text(&core::DESTINATION_MAC, "02:00:00:00:ff:01");
    fields.add_integer(&core::SOURCE_TTL, 64);
    fields.add_integer(&core::DESTINATION_TTL, 50 + random.below(10) as i64);
    let host = format!("www{}.example.org", random.below(5_000));
    match kind {
        0 => {
            let path = format!("/item/{}/{}", random.below(300), random.below(100_000));
            fields.add_text(&core::PROTOCOLS, "http");
            fields.add_text(&HOST, &host);
            fields.add_text(&URI, &format!("{host}{path}"));
            fields.add_text(&PATH, &path);
            fields.add_text(&METHOD, "GET");
            fields.add_integer(&STATUS, 200);
            fields.add_text(
                &AGENT,
                &format!("Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101", random.below(90)),
            );
            fields.add_text(&HASH, &hex(random, 2));
        }
        1 => {
            fields.add_text(&core::PROTOCOLS, "tls");
            fields.add_text(&HOST, &host);
            fields.add_text(&CIPHER, "TLS_AES_128_GCM_SHA256");
            fields.add_text(&JA3, &format!("{:032x}", random.below(60)));
            fields.add_text(&JA4, &format!("t13d1516h2_8daaf6152771_{:012x}", random.below(60)));
            fields.add_text(&TLS_VERSION, "TLSv1.3");
            fields.add_text(&TLS_SESSION, &hex(random, 4));
        }
        _ => {
            fields.add_text(&core::PROTOCOLS, "dns");
            let mut object = Fields::new();
            object.add_text(&QUERY, &host);
            object.add_text(&QUERY_TYPE, "A");
            object.add_text(&DNS_HOST, &host);
            object.add_ip(&DNS_IP, v4(random.below(1 << 24)));
            fields.add_object(&DNS, &object);
        }
    }
    fields
}

fn session(random: &mut Random, at: u64) -> Session {
    let kind = random.below(3);
    let tcp = kind < 2;
    let first = 1_764_028_800_000_000 + at as i64 * 700;
    let mut id = [0; 16];
    id[..8].copy_from_slice(&((first as u64 / 1000) << 16).to_be_bytes());
    id[8..].copy_from_slice(&random.next().to_be_bytes());
    id[6..8].copy_from_slice(&random.next().to_be_bytes()[..2]);
    let packets = if tcp { 8 + random.below(12) } else { 2 };
    let mut offset = at * 8_000;
    let mut positions = Vec::new();
    for _ in 0..packets {
        offset += 60 + random.below(20_000);
        let length = [82, 70 + random.below(1400) as u32][random.below(2) as usize];
        positions.push(PacketPosition { file: 1, length, offset });
    }
    let mut digest = [0; 20];
    digest[..8].copy_from_slice(&random.next().to_be_bytes());
    digest[8..16].copy_from_slice(&random.next().to_be_bytes());
    digest[16..].copy_from_slice(&random.next().to_be_bytes()[..4]);
    Session {
        positions: positions.into_iter().collect(),
        id,
        root_id: id,
        row_version: 1,
        is_final: true,
        segment_number: 1,
        first_packet_us: first,
        segment_first_us: first,
        last_packet_us: first + random.below(2_000_000) as i64,
        ip_protocol: if tcp { 6 } else { 17 },
        ethertype: Some(0x0800),
        ends: Some(Ends {
            address: [v4(random.below(4_000)), v4((1 << 20) + random.below(20_000))],
            port: [1024 + random.below(60_000) as u16, [80, 443, 53][kind as usize]],
        }),
        packets: [packets / 2, packets - packets / 2],
        bytes: [500 + random.below(800), 600 + random.below(12_000)],
        data_bytes: [100 + random.below(800), 200 + random.below(11_000)],
        payload8: [Some((*b"GET /ite", 8)), Some((random.next().to_be_bytes(), 8))],
        community_id: Some(digest),
        tcp_flags: tcp.then(|| TcpFlagCounts {
            syn: 1,
            syn_ack: 1,
            ack: random.below(9) as u32,
            psh: 4,
            fin: 2,
            ..Default::default()
        }),
        initial_rtt_ms: tcp.then(|| random.below(90) as u32),
        tcp_sequence: [tcp.then(|| random.next() as u32), tcp.then(|| random.next() as u32)],
        syn_validated: tcp,
        syn_ack_validated: tcp,
        source_isn_count: u32::from(tcp),
        bytes_after_packets: (0..=packets.ilog2()).map(|step| (66 << step) + random.below(9_000)).collect(),
        fields: fields(random, kind),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: u64 = arguments.next().map_or(Ok(300_000), |rows| rows.parse())?;
    let directory =
        arguments.next().unwrap_or_else(|| std::env::temp_dir().join("segment-rate").display().to_string());
    std::fs::create_dir_all(&directory)?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let sessions: Vec<Session> = (0..rows).map(|at| session(&mut random, at)).collect();
    let writer = SegmentWriter::new(DECLARED.iter().copied());
    let target = SegmentTarget { directory: directory.as_ref(), level: 0, node: "sensor", stream: [7; 16] };
    for _ in 0..3 {
        let start = Instant::now();
        let segments = writer.write(&sessions, &target)?;
        let seconds = start.elapsed().as_secs_f64();
        let bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
        let columns = segments.iter().map(|segment| segment.columns.len()).max().unwrap_or(0);
        println!(
            "{rows} rows, {columns} columns, {} segments: {:.0} rows/s, {:.1} bytes a row",
            segments.len(),
            rows as f64 / seconds,
            bytes as f64 / rows as f64
        );
    }
    Ok(())
}
