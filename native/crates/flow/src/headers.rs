//! Link and network headers of a flow's first packets as fields of its session.

use crate::flow::Flow;
use lookback_session::record::{Direction, SOURCE};
use lookback_session::{Address, FieldSpec, Fields, core_fields};
use lookback_wire::{Decoded, FlowKind};

/// What the header fields of a packet were, to skip packets that repeat them.
#[derive(Hash)]
struct HeaderFacts {
    macs: Option<([u8; 6], [u8; 6])>,
    ttl: u8,
    dscp: u8,
    vni: Option<u32>,
    vlans: u64,
    outer_ips: Option<(Address, Address)>,
    outer_macs: Option<([u8; 6], [u8; 6])>,
}

impl Flow {
    /// Records link and network headers of one of the first packets of a direction.
    pub(crate) fn headers(&mut self, decoded: &Decoded, direction: Direction, hasher: &ahash::RandomState) {
        let vlans = decoded.vlans.iter().fold(decoded.vlans.len() as u64, |sum, (id, ad)| {
            sum.wrapping_mul(8192).wrapping_add(u64::from(*id) * 2 + u64::from(*ad))
        });
        let facts = HeaderFacts {
            macs: decoded.macs,
            ttl: decoded.ttl,
            dscp: decoded.dscp,
            vni: decoded.vni,
            vlans,
            outer_ips: decoded.outer_ips.last().copied(),
            outer_macs: decoded.outer_macs.last().copied(),
        };
        let fields = &mut self.fields;
        if self.kind == FlowKind::Other {
            fields.add_text(&core_fields::PROTOCOLS, decoded.label);
        }
        let seen = hasher.hash_one(&facts) as u32 | 1;
        if self.headers_seen[direction] == seen {
            return;
        }
        let by_direction = |source: &'static FieldSpec, destination: &'static FieldSpec| {
            if direction == SOURCE { (source, destination) } else { (destination, source) }
        };
        if let Some((from, to)) = &decoded.macs {
            let (sender, receiver) = by_direction(&core_fields::SOURCE_MAC, &core_fields::DESTINATION_MAC);
            add_mac(fields, sender, from);
            add_mac(fields, receiver, to);
        }
        // The headers directly around the innermost packet, as each packet has them, whichever way the session goes. Of
        // MACs, existing rows of these fields hold the outer frame's receiver as source; ours must compare with them.
        if let Some((from, to)) = decoded.outer_macs.last() {
            add_mac(fields, &core_fields::OUTER_SOURCE_MAC, to);
            add_mac(fields, &core_fields::OUTER_DESTINATION_MAC, from);
        }
        if let Some((from, to)) = decoded.outer_ips.last() {
            fields.add_ip(&core_fields::OUTER_SOURCE_IP, *from);
            fields.add_ip(&core_fields::OUTER_DESTINATION_IP, *to);
        }
        for (id, is_ad) in &decoded.vlans {
            fields.add_integer(&core_fields::VLAN, i64::from(*id));
            let tag = if *is_ad { &core_fields::VLAN_DOT1AD } else { &core_fields::VLAN_DOT1Q };
            fields.add_integer(tag, i64::from(*id));
        }
        if let Some(vni) = decoded.vni {
            fields.add_integer(&core_fields::VNI, i64::from(vni));
        }
        if decoded.has_ip {
            let (ttl, dscp) = if direction == SOURCE {
                (&core_fields::SOURCE_TTL, &core_fields::SOURCE_DSCP)
            } else {
                (&core_fields::DESTINATION_TTL, &core_fields::DESTINATION_DSCP)
            };
            fields.add_integer(ttl, i64::from(decoded.ttl));
            if decoded.dscp != 0 {
                fields.add_integer(dscp, i64::from(decoded.dscp));
            }
        }
        for label in decoded.tunnels.labels() {
            fields.add_text(&core_fields::PROTOCOLS, label);
        }
        self.headers_seen[direction] = seen;
    }
}

fn add_mac(fields: &mut Fields, field: &'static FieldSpec, mac: &[u8; 6]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b':'; 17];
    for (place, byte) in text.chunks_mut(3).zip(mac) {
        place[0] = HEX[usize::from(byte >> 4)];
        place[1] = HEX[usize::from(byte & 15)];
    }
    if let Ok(text) = std::str::from_utf8(&text) {
        fields.add_text(field, text);
    }
}
