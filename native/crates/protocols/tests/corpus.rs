//! Compares dissected fields and labels with the expected documents of the conformance corpus.

mod support;

use lookback_protocols::Registry;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Labels set below the dissectors, by link, network and tunnel layers.
const LOWER: [&str; 22] = [
    "tcp",
    "udp",
    "icmp",
    "sctp",
    "esp",
    "gre",
    "gtp",
    "ppp",
    "arp",
    "igmp",
    "ospf",
    "pim",
    "isis",
    "lldp",
    "xid",
    "geneve",
    "vxlan",
    "mpls",
    "pppoe",
    "unknown-ether",
    "corrupt-ip",
    "vxlan-gpe",
];
/// Groups of fields that are filled here.
const GROUPS: [&str; 5] = ["http", "dns", "tls", "cert", "socks"];
/// Share of expected values that must be equal; it only rises.
const FLOOR: f64 = 0.94;

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As the corpus' own scorer compares: arrays as sorted lists, objects as sorted texts.
fn canonical(value: &Json) -> Json {
    match value {
        Json::Array(items) => {
            let mut items: Vec<_> = items.iter().map(|item| text(&canonical(item))).collect();
            items.sort();
            Json::from(items)
        }
        Json::Object(members) => {
            let sorted: BTreeMap<_, _> =
                members.iter().map(|(key, member)| (key.clone(), canonical(member))).collect();
            Json::from(serde_json::Map::from_iter(sorted))
        }
        other => Json::from(text(other)),
    }
}

fn flatten(prefix: &str, value: &Json, out: &mut BTreeMap<String, Json>) {
    match value {
        Json::Object(members) if prefix != "cert" && prefix != "dns" => {
            for (key, member) in members {
                flatten(&format!("{prefix}.{key}"), member, out);
            }
        }
        other => {
            out.insert(prefix.to_owned(), canonical(other));
        }
    }
}

fn own_tags(tags: &Json) -> BTreeSet<String> {
    let own = ["http:", "dns:", "tls:", "cert:", "socks:", "bad-"];
    tags.as_array()
        .into_iter()
        .flatten()
        .map(text)
        .filter(|tag| own.iter().any(|prefix| tag.starts_with(prefix)))
        .collect()
}

#[test]
fn fields_and_labels_of_the_corpus() {
    let Some(corpus) = support::corpus() else {
        println!("skipped: no conformance corpus");
        return;
    };
    let settings = support::corpus_settings();
    let registry = Registry::new(&settings);
    let (mut expected_values, mut equal_values, mut extra_values) = (0, 0, 0);
    let mut wrong = BTreeMap::<String, usize>::new();
    let mut names: Vec<_> = std::fs::read_dir(corpus.join("expected"))
        .expect("listing")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    names.sort();
    for name in names {
        let stem = name.to_string_lossy().trim_end_matches(".json").to_owned();
        let capture = std::fs::read(corpus.join("pcap").join(format!("{stem}.pcap"))).expect("capture");
        let document: Json =
            serde_json::from_slice(&std::fs::read(corpus.join("expected").join(&name)).expect("expected"))
                .expect("JSON");
        for session in document["sessions3"].as_array().into_iter().flatten() {
            let body = &session["body"];
            // Streams without a byte in order, as of connections seen from their middle, are the flow table's matter.
            if body["totDataBytes"].as_u64() == Some(0) {
                continue;
            }
            let Some(fields) = support::play(&capture, body, &registry, &settings) else { continue };
            let produced = Json::Object(support::document(&fields));
            let nested = nest(&produced);
            let (mut expected, mut got) = (BTreeMap::new(), BTreeMap::new());
            for group in GROUPS {
                for (document, out) in [(body, &mut expected), (&nested, &mut got)] {
                    if !document[group].is_null() {
                        flatten(group, &document[group], out);
                    }
                }
            }
            let labels = |document: &Json| -> BTreeSet<String> {
                document["protocol"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(text)
                    .filter(|l| !LOWER.contains(&l.as_str()))
                    .collect()
            };
            expected.insert("protocol".into(), Json::from(labels(body).into_iter().collect::<Vec<_>>()));
            got.insert("protocol".into(), Json::from(labels(&nested).into_iter().collect::<Vec<_>>()));
            expected
                .insert("tags".into(), Json::from(own_tags(&body["tags"]).into_iter().collect::<Vec<_>>()));
            got.insert("tags".into(), Json::from(own_tags(&nested["tags"]).into_iter().collect::<Vec<_>>()));
            expected_values += expected.len();
            for key in expected.keys().chain(got.keys()).collect::<BTreeSet<_>>() {
                let (want, have) = (expected.get(key), got.get(key));
                if want == have {
                    equal_values += 1;
                    continue;
                }
                extra_values += usize::from(want.is_none());
                *wrong.entry(key.clone()).or_default() += 1;
                let short = |value: Option<&Json>| {
                    value.map_or("-".into(), |v| v.to_string().chars().take(600).collect::<String>())
                };
                println!(
                    "{stem} {}: {key}\n    want {}\n    have {}",
                    body["source"]["port"],
                    short(want),
                    short(have)
                );
            }
        }
    }
    println!("expected {expected_values} equal {equal_values} extra {extra_values}");
    println!("wrong by field: {wrong:?}");
    let share = f64::from(equal_values) / expected_values as f64;
    assert!(share >= FLOOR, "{share:.4} of the expected values");
}

fn nest(flat: &Json) -> Json {
    let mut nested = serde_json::Map::new();
    for (path, value) in flat.as_object().into_iter().flatten() {
        match path.split_once('.') {
            Some((group, rest)) => {
                nested.entry(group).or_insert_with(|| Json::Object(serde_json::Map::new()))[rest] =
                    value.clone();
            }
            None => {
                nested.insert(path.clone(), value.clone());
            }
        }
    }
    Json::Object(nested)
}
