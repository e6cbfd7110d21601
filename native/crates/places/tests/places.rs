//! Rows and places, with databases that the test writes itself.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use lookback_places::{Located, PlaceFiles, PlaceSource, check, fields};
use lookback_session::{Ends, FieldSpec, Fields, Kind, Positions, Session, core_fields};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A value of the data section.
enum Value<'a> {
    Text(&'a str),
    Number(u32),
    Short(u16),
    Epoch(u8),
    EmptyList,
    Map(&'a [(&'a str, Value<'a>)]),
}

/// MaxMind DB format, "Data Field Format": type and length in the first byte.
fn encode(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Text(text) => {
            if text.len() < 29 {
                to.push(2 << 5 | text.len() as u8);
            } else {
                to.extend([2 << 5 | 29, (text.len() - 29) as u8]);
            }
            to.extend(text.as_bytes());
        }
        Value::Number(number) => {
            to.push(6 << 5 | 4);
            to.extend(number.to_be_bytes());
        }
        Value::Short(number) => {
            to.push(5 << 5 | 2);
            to.extend(number.to_be_bytes());
        }
        // Extended types: 9 and 11, less 7, in a byte of its own.
        Value::Epoch(seconds) => to.extend([1, 2, *seconds]),
        Value::EmptyList => to.extend([0, 4]),
        Value::Map(members) => {
            to.push(7 << 5 | members.len() as u8);
            for (name, member) in *members {
                encode(&Value::Text(name), to);
                encode(member, to);
            }
        }
    }
}

/// A database of IPv4 networks /8: a tree of 24-bit records, sixteen zero bytes, data, metadata.
fn database(networks: &[(u8, Value)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut nodes: Vec<[u32; 2]> = vec![[u32::MAX; 2]];
    let mut leaves = Vec::new();
    for (octet, value) in networks {
        let mut at = 0;
        for bit in (0..8).rev() {
            let side = usize::from(octet >> bit & 1);
            if bit == 0 {
                leaves.push((at, side, data.len() as u32));
            } else if nodes[at][side] == u32::MAX {
                nodes.push([u32::MAX; 2]);
                nodes[at][side] = nodes.len() as u32 - 1;
                at = nodes.len() - 1;
            } else {
                at = nodes[at][side] as usize;
            }
        }
        encode(value, &mut data);
    }
    let count = nodes.len() as u32;
    let mut bytes = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        for (side, next) in node.iter().enumerate() {
            let leaf = leaves.iter().find(|(node, on, _)| (*node, *on) == (at, side));
            let record = leaf
                .map_or(if *next == u32::MAX { count } else { *next }, |(_, _, offset)| count + 16 + offset);
            bytes.extend(&record.to_be_bytes()[1..]);
        }
    }
    bytes.extend([0; 16]);
    bytes.extend(data);
    bytes.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = [
        ("node_count", Value::Number(count)),
        ("record_size", Value::Short(24)),
        ("ip_version", Value::Short(4)),
        ("database_type", Value::Text("Test")),
        ("binary_format_major_version", Value::Short(2)),
        ("binary_format_minor_version", Value::Short(0)),
        ("build_epoch", Value::Epoch(1)),
        ("description", Value::Map(&[])),
        ("languages", Value::EmptyList),
    ];
    encode(&Value::Map(&metadata), &mut bytes);
    bytes
}

/// A directory that goes away with the test.
struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl std::ops::Deref for Directory {
    type Target = Path;
    fn deref(&self) -> &Path {
        &self.0
    }
}

fn directory(name: &str) -> Directory {
    let path = std::env::temp_dir().join(format!("lookback-places-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    Directory(path)
}

fn write(directory: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn row(source: [u8; 4], destination: [u8; 4]) -> Session {
    let mapped = |four: [u8; 4]| Ipv4Addr::from(four).to_ipv6_mapped().octets();
    let mut session = Session {
        id: [0; 16],
        root_id: [0; 16],
        row_version: 1,
        is_final: true,
        segment_number: 1,
        first_packet_us: 0,
        segment_first_us: 0,
        last_packet_us: 0,
        ip_protocol: 6,
        ethertype: None,
        ends: Some(Ends { address: [mapped(source), mapped(destination)], port: [1, 2] }),
        packets: [0; 2],
        bytes: [0; 2],
        data_bytes: [0; 2],
        payload8: [None; 2],
        community_id: None,
        tcp_flags: None,
        initial_rtt_ms: None,
        tcp_sequence: [None; 2],
        syn_validated: false,
        syn_ack_validated: false,
        source_isn_count: 0,
        positions: Positions::default(),
        bytes_after_packets: Vec::new().into(),
        fields: Fields::new(),
    };
    session.fields.add_text(&core_fields::SOURCE_MAC, "00:00:0c:01:02:03");
    session
}

fn countries() -> Vec<u8> {
    database(&[
        (1, Value::Map(&[("country", Value::Map(&[("iso_code", Value::Text("AU"))]))])),
        (81, Value::Map(&[("country", Value::Map(&[("iso_code", Value::Text("DE"))]))])),
    ])
}

#[test]
fn rows_get_the_places_of_both_ends() {
    let at = directory("both");
    let systems = database(&[(
        81,
        Value::Map(&[
            ("autonomous_system_number", Value::Number(3320)),
            ("autonomous_system_organization", Value::Text("Deutsche Telekom AG")),
        ]),
    )]);
    let files = PlaceFiles {
        country: vec![at.join("missing.mmdb"), write(&at, "country.mmdb", &countries())],
        asn: vec![write(&at, "asn.mmdb", &systems)],
        rir: vec![write(
            &at,
            "ipv4.csv",
            b"Prefix,Designation,Date,WHOIS\n081/8,RIPE NCC,2001-04,whois.ripe.net\n",
        )],
        oui: vec![write(&at, "manuf", b"00:00:0C\tCisco\tCisco Systems, Inc\n")],
    };
    let states = check(&files);
    assert!(states.iter().all(|state| state.file.is_some() && state.error.is_none()), "{states:?}");
    let places = PlaceSource::shared(&files).current();
    let mut session = row([81, 1, 2, 3], [1, 1, 1, 1]);
    places.fill(&mut session);
    places.fill(&mut session);
    let texts = |field| session.fields.texts(field).collect::<Vec<_>>();
    assert_eq!(texts(&fields::SOURCE_COUNTRY), ["DE"]);
    assert_eq!(texts(&fields::DESTINATION_COUNTRY), ["AU"]);
    assert_eq!(texts(&fields::SOURCE_ASN), ["AS3320 Deutsche Telekom AG"]);
    assert_eq!(texts(&fields::SOURCE_AS_NAME), ["Deutsche Telekom AG"]);
    assert_eq!(session.fields.get(&fields::SOURCE_AS_NUMBER), Some(lookback_session::Value::Integer(3320)));
    assert_eq!(texts(&fields::DESTINATION_ASN), Vec::<&str>::new());
    assert_eq!(texts(&fields::SOURCE_RIR), ["RIPE"]);
    assert_eq!(texts(&fields::DESTINATION_RIR), Vec::<&str>::new());
    assert_eq!(texts(&fields::SOURCE_OUI), ["Cisco Systems, Inc"]);
}

static NAMED: FieldSpec = FieldSpec::set("test", "t.ip", "t.ip", Kind::Ip);
static NAMED_COUNTRY: FieldSpec = FieldSpec::set("test", "t.country", "t.country", Kind::UpperTerm);
static NAMED_ASN: FieldSpec = FieldSpec::set("test", "t.asn", "t.asn", Kind::Term);
static NAMED_RIR: FieldSpec = FieldSpec::set("test", "t.rir", "t.rir", Kind::UpperTerm);
static LOCATED: Located =
    Located { address: &NAMED, country: &NAMED_COUNTRY, asn: &NAMED_ASN, rir: &NAMED_RIR };

#[test]
fn other_addresses_get_their_places_once() {
    let at = directory("located");
    let files = PlaceFiles {
        country: vec![write(&at, "country.mmdb", &countries())],
        rir: vec![write(&at, "ipv4.csv", b"081/8,RIPE NCC,2001-04,whois.ripe.net\n")],
        ..PlaceFiles::default()
    };
    let places = PlaceSource::shared(&files).current();
    let mut values = Fields::new();
    for four in [[81, 1, 1, 1], [81, 2, 2, 2], [1, 1, 1, 1], [9, 9, 9, 9]] {
        values.add_ip(&NAMED, Ipv4Addr::from(four).to_ipv6_mapped().octets());
    }
    values.add_ip(&NAMED, [0x20; 16]);
    places.fill_located(&mut values, &[&LOCATED]);
    places.fill_located(&mut values, &[&LOCATED]);
    assert_eq!(values.texts(&NAMED_COUNTRY).collect::<Vec<_>>(), ["DE", "AU"]);
    assert_eq!(values.texts(&NAMED_RIR).collect::<Vec<_>>(), ["RIPE"]);
    assert_eq!(values.texts(&NAMED_ASN).count(), 0);
}

#[test]
fn without_files_rows_stay_as_they_are() {
    let places = PlaceSource::shared(&PlaceFiles::default()).current();
    assert!(places.is_empty());
    let mut session = row([81, 1, 2, 3], [1, 1, 1, 1]);
    let before = session.fields.values().len();
    places.fill(&mut session);
    assert_eq!(session.fields.values().len(), before);
    assert!(check(&PlaceFiles::default()).iter().all(|state| state.file.is_none() && state.error.is_none()));
}

#[test]
fn a_file_that_changes_is_read_again() {
    let at = directory("reload");
    let file = at.join("country.mmdb");
    let source =
        Arc::new(PlaceSource::open(&PlaceFiles { country: vec![file.clone()], ..PlaceFiles::default() }));
    assert!(source.current().is_empty());
    std::fs::write(&file, countries()).unwrap();
    source.reload();
    assert!(!source.current().is_empty());
    // Half written: what was read before stays until the file reads.
    std::fs::write(&file, countries().get(..100).unwrap()).unwrap();
    source.reload();
    assert!(!source.current().is_empty());
    std::fs::remove_file(&file).unwrap();
    source.reload();
    assert!(source.current().is_empty());
}

#[test]
fn damaged_databases_are_named_and_never_a_panic() {
    let at = directory("damaged");
    let whole = countries();
    let file = write(&at, "country.mmdb", b"no database");
    let files = PlaceFiles { country: vec![file.clone()], ..PlaceFiles::default() };
    assert!(check(&files)[0].error.is_some());
    let mut seed = 11_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize
    };
    for _ in 0..3_000 {
        let mut bytes = whole.clone();
        for _ in 0..=next() % 4 {
            let at = next() % bytes.len();
            bytes[at] = next() as u8;
        }
        if next() % 4 == 0 {
            bytes.truncate(next() % bytes.len());
        }
        std::fs::write(&file, &bytes).unwrap();
        let places = Arc::new(PlaceSource::open(&files)).current();
        for first in [0_u8, 1, 81, 255] {
            places.fill(&mut row([first, 0, 0, 1], [first, 9, 9, 9]));
        }
    }
}
