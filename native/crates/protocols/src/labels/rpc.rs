//! Remote procedure calls: DCE/RPC with the interfaces that a bind names (C706 chapter 12, MS-RPCE), and
//! ONC RPC programs (RFC 5531).

use crate::bytes::{be32, byte, le16};
use crate::{Classifier, Context, Protocol, Trigger};
use lookback_session::record::Direction;

/// Interfaces by the first 16 bytes of their syntax identifier in wire order (little-endian integers).
static INTERFACES: [([u8; 16], &str); 32] = [
    (uuid(0xe351_4235, 0x4b06, 0x11d1, [0xab, 4, 0, 0xc0, 0x4f, 0xc2, 0xdc, 0xd2]), "drsuapi"),
    (uuid(0x1234_5778, 0x1234, 0xabcd, [0xef, 0, 1, 0x23, 0x45, 0x67, 0x89, 0xac]), "samr"),
    (uuid(0x1234_5778, 0x1234, 0xabcd, [0xef, 0, 1, 0x23, 0x45, 0x67, 0x89, 0xab]), "lsarpc"),
    (uuid(0x1234_5678, 0x1234, 0xabcd, [0xef, 0, 1, 0x23, 0x45, 0x67, 0xcf, 0xfb]), "netlogon"),
    (uuid(0x1234_5678, 0x1234, 0xabcd, [0xef, 0, 1, 0x23, 0x45, 0x67, 0x89, 0xab]), "spoolss"),
    (uuid(0x367a_bb81, 0x9844, 0x35f1, [0xad, 0x32, 0x98, 0xf0, 0x38, 0, 0x10, 3]), "svcctl"),
    (uuid(0x4b32_4fc8, 0x1670, 0x01d3, [0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88]), "srvsvc"),
    (uuid(0x1ff7_0682, 0x0a51, 0x30e8, [7, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b]), "atsvc"),
    (uuid(0x338c_d001, 0x2244, 0x31f1, [0xaa, 0xaa, 0x90, 0, 0x38, 0, 0x10, 3]), "winreg"),
    (uuid(0xc681_d488, 0xd850, 0x11d0, [0x8c, 0x52, 0, 0xc0, 0x4f, 0xd9, 0x0f, 0x7e]), "efsrpc"),
    (uuid(0xdf19_41c5, 0xfe89, 0x4e79, [0xbf, 0x10, 0x46, 0x36, 0x57, 0xac, 0xf4, 0x4d]), "efsr"),
    (uuid(0x6bff_d098, 0xa112, 0x3610, [0x98, 0x33, 0x46, 0xc3, 0xf8, 0x7e, 0x34, 0x5a]), "wkssvc"),
    (uuid(0x3919_286a, 0xb10c, 0x11d0, [0x9b, 0xa8, 0, 0xc0, 0x4f, 0xd9, 0x2e, 0xf5]), "dssetup"),
    (uuid(0xe1af_8308, 0x5d1f, 0x11c9, [0x91, 0xa4, 8, 0, 0x2b, 0x14, 0xa0, 0xfa]), "epmapper"),
    (uuid(0x86d3_5949, 0x83c9, 0x4044, [0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c]), "itaskscheduler"),
    (uuid(0x0000_0131, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]), "iremunknown"),
    (uuid(0x0000_0143, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]), "iremunknown2"),
    (uuid(0x0000_0134, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]), "iremunknown2"),
    (uuid(0x0000_01a0, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]), "isystemactivator"),
    (uuid(0x99fc_fec4, 0x5260, 0x101b, [0xbb, 0xcb, 0, 0xaa, 0, 0x21, 0x34, 0x7a]), "iobjectexporter"),
    (uuid(0x4fc7_42e0, 0x4a10, 0x11cf, [0x82, 0x73, 0, 0xaa, 0, 0x4a, 0xe6, 0x73]), "netdfs"),
    (uuid(0x76f0_3f96, 0xcdfd, 0x44fc, [0xa2, 0x2c, 0x64, 0x95, 0x0a, 0, 0x12, 9]), "iremotewinspool"),
    (uuid(0x82ad_4280, 0x036b, 0x11cf, [0x97, 0x2c, 0, 0xaa, 0, 0x68, 0x87, 0xb0]), "iis"),
    (uuid(0x82f7_f51e, 0x2f2a, 0x4cbf, [0x95, 0x6d, 0x18, 0xd2, 0x3a, 0x62, 0x7f, 0x6c]), "fsrvp"),
    (uuid(0x50ab_c2a4, 0x574d, 0x40b3, [0x9d, 0x66, 0xee, 0x4f, 0xd5, 0xfb, 0xa0, 0x76]), "dnsserver"),
    (uuid(0x6bff_d098, 0xa112, 0x3610, [0x98, 0x33, 1, 0x28, 0x92, 2, 1, 0x62]), "browser"),
    (uuid(0xf5cc_59b4, 0x4264, 0x101a, [0x8c, 0x59, 8, 0, 0x2b, 0x2f, 0x84, 0x26]), "frsrpc"),
    (uuid(0x897e_2e5f, 0x93f3, 0x4376, [0x9c, 0x9c, 0xfd, 0x22, 0x77, 0x49, 0x5c, 0x27]), "frstransport"),
    (uuid(0x0a74_ef1c, 0x41a4, 0x4e06, [0x83, 0xae, 0xdc, 0x74, 0xfb, 0x1c, 0xdd, 0x53]), "idletask"),
    (uuid(0x9419_7b2e, 0x0000, 0x0000, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]), "iwbemservices"),
    (uuid(0x3faf_4738, 0x3a21, 0x4307, [0xb4, 0x6c, 0xfd, 0xda, 0x9b, 0xb8, 0xc0, 0xd5]), "audiosrv"),
    (uuid(0x3dde_7c30, 0x165d, 0x11d1, [0xab, 0x8f, 0, 0x80, 0x5f, 0x14, 0xdb, 0x40]), "bkrp"),
];

const fn uuid(a: u32, b: u16, c: u16, d: [u8; 8]) -> [u8; 16] {
    let (a, b, c) = (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes());
    [a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]]
}

/// Presentation contexts looked at in one bind; real clients offer a handful.
const MAX_CONTEXTS: u8 = 32;

/// A connection-oriented PDU of version 5.0 or 5.1 whose fragment length holds at least the common header.
fn dcerpc(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let (Some(kind), Some(order), Some(length)) = (byte(data, 2), byte(data, 4), le16(data, 8)) else {
        return;
    };
    let length = if order & 0x10 == 0 { length.swap_bytes() } else { length };
    if !matches!(kind, 0..=19) || order & 0xee != 0 || data.get(6..8) != Some(&[0, 0]) || length < 16 {
        return;
    }
    context.label("dcerpc");
    // bind (11) and alter_context (14) list the interfaces that the client wants.
    if matches!(kind, 11 | 14) {
        interfaces(context, data, order & 0x10 != 0);
    }
}

fn interfaces(context: &mut Context<'_>, data: &[u8], little_endian: bool) {
    let mut at = 28;
    for _ in 0..byte(data, 24).unwrap_or(0).min(MAX_CONTEXTS) {
        let Some(transfer_syntaxes) = byte(data, at + 2) else { return };
        let Some(syntax) = data.get(at + 4..at + 20).and_then(|b| <[u8; 16]>::try_from(b).ok()) else {
            return;
        };
        let syntax = if little_endian { syntax } else { reorder(syntax) };
        if let Some((_, name)) = INTERFACES.iter().find(|(known, _)| *known == syntax) {
            context.label(name);
        }
        at += 24 + 20 * usize::from(transfer_syntaxes);
    }
}

fn reorder(syntax: [u8; 16]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = syntax;
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}

/// Call messages of ONC RPC version 2, by program number (IANA rpc-program-numbers).
fn onc_rpc(context: &mut Context<'_>, data: &[u8]) {
    if be32(data, 4) != Some(0) || be32(data, 8) != Some(2) {
        return;
    }
    let label = match be32(data, 12) {
        Some(100_000) => "portmapper",
        Some(100_003) => "nfs",
        Some(100_005) => "mountd",
        Some(100_021) => "nlockmgr",
        Some(100_024) => "status",
        _ => return,
    };
    context.label(label);
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "rpc",
    fields: &[],
    classifiers: &[
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x05\x00" }, classify: dcerpc },
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"\x05\x01" }, classify: dcerpc },
        Classifier {
            trigger: Trigger::TcpMagic { offset: 8, bytes: b"\x00\x00\x00\x00\x00\x00\x00\x02" },
            classify: |context, _, data| onc_rpc(context, data.get(4..).unwrap_or_default()),
        },
        Classifier {
            trigger: Trigger::UdpMagic { offset: 4, bytes: b"\x00\x00\x00\x00\x00\x00\x00\x02" },
            classify: |context, _, data| onc_rpc(context, data),
        },
    ],
};
