//! Plays fuzz input as a conversation: a byte of control (lowest bit direction, next bit gap, rest length in eights)
//! and that many bytes, until the input ends.

use lookback_protocols::digest::Digests;
use lookback_protocols::{Context, Dissector, Registry, SessionFacts, Settings, Verdict, Work};
use lookback_session::Fields;
use std::collections::VecDeque;
use std::sync::LazyLock;

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings {
    sha256: true,
    query_string_values: true,
    cookie_values: true,
    http_request_headers: true,
    http_response_headers: true,
    dns_all_records: true,
    ja3_strings: true,
    ja4_raw: true,
    ..Settings::default()
});
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(&SETTINGS));

/// Plays `input` over a transport (6 TCP, 17 UDP) with a destination port.
pub fn play(ip_protocol: u8, port: u16, input: &[u8]) {
    let session = SessionFacts { ip_protocol, port: [50_000, port], first_packet_us: 0, now_us: 0 };
    let (mut fields, mut attached, mut again, mut malformed) =
        (Fields::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut digests, mut work) = (Digests::default(), Work::default());
    let mut dissectors: Vec<Box<dyn Dissector>> = Vec::new();
    let mut classified = [false; 2];
    let mut rest = input;
    while let Some((&control, after)) = rest.split_first() {
        let direction = usize::from(control & 1);
        let is_gap = control & 2 != 0 && ip_protocol == 6;
        let (data, after) = after.split_at((usize::from(control >> 2) * 8).min(after.len()));
        rest = after;
        work = Work::default();
        let mut context = Context {
            session,
            settings: &SETTINGS,
            fields: &mut fields,
            attached: &mut attached,
            reclassify: &mut again,
            malformed: &mut malformed,
            digests: &mut digests,
            work: &mut work,
        };
        if is_gap {
            dissectors.retain_mut(|d| d.gap(&mut context, direction, data.len() as u64) == Verdict::More);
            continue;
        }
        let mut next = VecDeque::from([(direction, data.to_vec())]);
        while let Some((direction, data)) = next.pop_front() {
            if data.is_empty() {
                continue;
            }
            if !std::mem::replace(&mut classified[direction], true) {
                REGISTRY.classify(&mut context, direction, &data);
                for joined in std::mem::take(context.attached) {
                    if dissectors.iter().all(|held| held.name() != joined.name()) {
                        dissectors.push(joined);
                    }
                }
            }
            dissectors.retain_mut(|d| d.payload(&mut context, direction, &data) == Verdict::More);
            if !context.reclassify.is_empty() {
                classified = [false; 2];
                next.extend(context.reclassify.drain(..));
            }
        }
        malformed.clear();
    }
    let mut context = Context {
        session,
        settings: &SETTINGS,
        fields: &mut fields,
        attached: &mut attached,
        reclassify: &mut again,
        malformed: &mut malformed,
        digests: &mut digests,
        work: &mut work,
    };
    for dissector in &mut dissectors {
        dissector.save(&mut context, Some([input.len().is_multiple_of(2), true]));
    }
}
