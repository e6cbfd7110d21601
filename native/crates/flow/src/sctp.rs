//! SCTP chunks (RFC 9260 section 3): the user data of one packet.

/// User data of one DATA or I-DATA chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserData<'a> {
    /// Payload protocol identifier; an I-DATA chunk has it only where a message begins (RFC 8260 section 2.1).
    pub protocol: Option<u32>,
    /// Transmission sequence number.
    pub tsn: u32,
    /// Whether the chunk begins a message.
    pub begins: bool,
    /// The bytes.
    pub data: &'a [u8],
}

const DATA: u8 = 0;
const I_DATA: u8 = 64;

/// The user data in the chunks after the common header, in order; stops at the first chunk whose length is wrong.
pub fn user_data(mut chunks: &[u8]) -> impl Iterator<Item = UserData<'_>> {
    std::iter::from_fn(move || {
        loop {
            let header = chunks.get(..4)?;
            let (kind, flags, length) =
                (header[0], header[1], usize::from(u16::from_be_bytes([header[2], header[3]])));
            if length < 4 {
                return None;
            }
            // A chunk cut by the snap length still gives the bytes that are there.
            let chunk = chunks.get(..length).unwrap_or(chunks);
            chunks = chunks.get(length.next_multiple_of(4)..).unwrap_or(&[]);
            let start = match kind {
                DATA => 16,
                I_DATA => 20,
                _ => continue,
            };
            let (Some(head), Some(data)) = (chunk.get(..start), chunk.get(start..)) else { return None };
            let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
            let begins = flags & 2 != 0;
            let protocol = (kind == DATA || begins).then(|| word(start - 4));
            return Some(UserData { protocol, tsn: word(4), begins, data });
        }
    })
}
