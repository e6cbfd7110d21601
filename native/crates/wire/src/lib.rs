//! Bytes to headers: link types, tunnels, IP and transport. No allocation on the fast path, no unsafe, no I/O.
//!
//! [`decode`] walks one frame from its link type to the innermost transport header and fills a [`Decoded`] by positions
//! into the frame. [`FlowKey`] is the session it belongs to, whichever way the packet goes. A [`Defragmenter`] joins IP
//! fragments; [`decode_reassembled`] then goes on where `decode` stopped. [`plain_flow_hash`] tells with a few looks whose packet
//! a frame is that has nothing special.
//!
//! Every byte is untrusted. Each header is checked once and read whole (`first_chunk`), nothing is indexed by a value
//! from the wire without `get`, and nesting is bounded by [`decoded::MAX_TUNNEL_DEPTH`]. A frame that does not hold
//! becomes part of a session of broken packets and says why in [`Decoded::malformed`], so that it is counted and found.

pub mod decoded;
mod defragment;
mod ethernet;
mod ip;
mod key;
mod link;
mod plain;
mod transport;
mod tunnels;
mod walk;

pub use decoded::{Decoded, FlowKind, Fragment, Malformed, Tcp, Tunnels};
pub use defragment::{Addition, DefragmentCounters, DefragmentLimits, Defragmenter, Reassembled};
pub use key::{FlowKey, SessionIdTracking, flow_hash};
pub use link::link_type;
pub use plain::plain_flow_hash;

use walk::Walk;

/// Largest frame that is decoded, in bytes. Positions are 32 bits, and no link carries more.
pub const MAX_FRAME: usize = 16 << 20;

/// Decodes one frame of a capture.
///
/// `link_type` is a LINKTYPE value of the capture file, `original_length` the length on the wire in bytes, which may be
/// more than was captured. `out` is cleared first. A frame with broken, unknown or missing headers is described by `out`
/// all the same (`kind` is then [`FlowKind::Other`], `malformed` holds the reason).
///
/// # Errors
/// Only for a frame above [`MAX_FRAME`]; `out` is then empty.
pub fn decode(
    link_type: u16,
    frame: &[u8],
    original_length: u32,
    out: &mut Decoded,
) -> Result<(), Malformed> {
    out.clear();
    if frame.len() > MAX_FRAME {
        return Err(Malformed { layer: "frame", reason: "too-large" });
    }
    let mut walk = Walk::new(frame, original_length, out);
    if let Err(malformed) = walk.link(link_type) {
        walk.give_up(malformed);
    }
    Ok(())
}

/// Goes on with a frame joined from fragments, from the IP header at `fragment.header_start`. `out` is what [`decode`]
/// made of the fragment that completed it: headers outside that IP header are kept.
///
/// # Errors
/// Only for a frame above [`MAX_FRAME`].
pub fn decode_reassembled(frame: &[u8], fragment: &Fragment, out: &mut Decoded) -> Result<(), Malformed> {
    if frame.len() > MAX_FRAME {
        return Err(Malformed { layer: "frame", reason: "too-large" });
    }
    out.fragment = None;
    out.label = "";
    out.other_key.clear();
    out.truncated = false;
    let length = frame.len() as u32;
    let mut walk = Walk::new(frame, length, out);
    walk.skip(fragment.header_start as usize);
    if let Err(malformed) = walk.ip_of_reassembled() {
        walk.give_up(malformed);
    }
    Ok(())
}
